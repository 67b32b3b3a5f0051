"""Spreadsheets in: reading, checking, merging; questionnaires out."""

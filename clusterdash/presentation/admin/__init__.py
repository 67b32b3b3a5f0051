"""Sentences and tables for staff."""

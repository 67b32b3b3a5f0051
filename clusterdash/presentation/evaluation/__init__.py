"""Sentences, tables and charts made from evaluations."""

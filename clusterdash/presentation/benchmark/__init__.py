"""Sentences, tables and charts made from benchmark results."""

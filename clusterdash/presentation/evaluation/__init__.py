"""Evaluations -> sentences, tables and charts."""

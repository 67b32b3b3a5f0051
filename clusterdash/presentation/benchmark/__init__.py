"""Benchmark results -> sentences, tables and charts."""

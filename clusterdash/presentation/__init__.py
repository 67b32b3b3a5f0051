"""Sentences, tables, charts and maps made from results. Pure."""

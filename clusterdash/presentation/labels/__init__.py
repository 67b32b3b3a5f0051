"""Sentences, tables, charts and the map made from the register of labels."""

"""Editions: built with all their statistics, stored, compared, and read through `EditionReader`."""

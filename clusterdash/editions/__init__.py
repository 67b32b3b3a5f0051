"""Editions: built with all their statistics, stored, compared, read for one viewer."""

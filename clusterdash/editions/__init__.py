"""Editions: built with all their statistics, kept, compared, read through the gateway."""

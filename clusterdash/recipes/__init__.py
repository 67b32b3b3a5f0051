"""Recipes: how files that are not in a documented form are understood, what is asked about them, how they are read."""

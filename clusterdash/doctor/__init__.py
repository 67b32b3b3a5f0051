"""Checks of a whole installation, for its operator: what was checked, what was found, and what to do."""

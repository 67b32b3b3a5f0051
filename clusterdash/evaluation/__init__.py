"""Evaluation for Silver and Gold: scoring, improvement plans, expert review. Pure."""

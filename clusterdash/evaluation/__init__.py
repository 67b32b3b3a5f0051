"""The way to Silver and Gold: scoring, plans, experts. Pure."""

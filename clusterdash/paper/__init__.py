"""Results to take away: brief, annex, showcase, plan, numbers. Pure."""

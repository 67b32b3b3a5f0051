"""Administration by staff: editions and grants."""

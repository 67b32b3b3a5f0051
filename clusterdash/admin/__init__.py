"""What staff do: editions and grants."""

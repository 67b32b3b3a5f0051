"""What staff read: sentences and tables."""

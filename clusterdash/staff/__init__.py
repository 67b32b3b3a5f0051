"""What staff do with editions and grants, and what they see of them."""

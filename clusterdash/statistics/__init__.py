"""The statistics of an edition, computed once when it is built, and what of them may be published."""

"""The statistics of an edition, computed once when it is built, with disclosure control."""

"""What the server answers besides pages, and with which headers."""

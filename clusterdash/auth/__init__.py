"""Signing in, signing out, the log of access, and the settings of access."""

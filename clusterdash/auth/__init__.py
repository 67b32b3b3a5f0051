"""Sign-in, sign-out, the access log, and the settings of access."""

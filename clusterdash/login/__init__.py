"""Who has signed in, the log of access, what an operator settles; whether the server may start."""

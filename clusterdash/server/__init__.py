"""Routes of the server besides the pages, and middleware for limits, headers and sign-in."""

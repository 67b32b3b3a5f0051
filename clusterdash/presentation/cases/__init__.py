"""Cases as sentences, tables and sheets of questions."""

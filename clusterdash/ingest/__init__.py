"""Import of spreadsheets: reading, checking, merging; and questionnaires."""

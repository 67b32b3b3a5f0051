"""Spreadsheets -> checked tables and the list of all problems; the forms and workbooks to hand out."""

"""A cluster's benchmark -> sentences, tables, charts. Pure."""

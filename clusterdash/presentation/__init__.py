"""Results -> sentences, tables, charts and maps. Pure."""

"""The register of labels -> sentences, tables, charts and the map."""

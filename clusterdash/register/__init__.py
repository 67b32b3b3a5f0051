"""The register of labels: questions to it, sentences, tables, charts, maps, files. Pure."""

"""The register of labels as files, plain HTML and an embedded map. Pure."""

"""The register of labels: status, filters, search, counts. Pure."""

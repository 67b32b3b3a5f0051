"""Reference packs: statistics of many clusters, published as a signed data package without anybody's answers."""

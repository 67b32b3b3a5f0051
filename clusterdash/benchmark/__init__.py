"""The rules of the benchmark. Pure."""

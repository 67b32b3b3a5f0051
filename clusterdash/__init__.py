"""Benchmark results and labels of cluster organisations; docs/architecture.md describes the packages."""

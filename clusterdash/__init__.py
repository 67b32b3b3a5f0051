"""Benchmark results and labels of cluster organisations; see ARCHITECTURE.md for the map of the rooms."""

"""Rendered objects -> ServingSpecs, for charts that no adapter knows."""

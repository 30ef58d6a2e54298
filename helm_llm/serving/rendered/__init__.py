"""Rendered objects -> ServingSpecs, for charts whose values no adapter reads."""

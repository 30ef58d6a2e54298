"""Rendered objects, and the pods in them."""

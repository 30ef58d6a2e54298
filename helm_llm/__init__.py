"""Lint and test Helm charts that serve LLMs."""

__version__ = "0.1.0"

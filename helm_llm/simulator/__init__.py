"""Simulated LLM servers: they answer like vLLM, NIM and related engines.

They need no model, GPU or network. Charts install them with unmodified command,
arguments, probes and Services, so a passing test shows that these fit together. It
shows nothing about inference, GPU use, memory or a vendor's own behavior.

This package uses only the standard library and `helm_llm.engines`.
"""

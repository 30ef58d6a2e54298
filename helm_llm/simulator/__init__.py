"""Simulated LLM servers: they answer like vLLM, NIM and their relatives, without model, GPU or network.

Charts install them with unmodified command, arguments, probes and Services. What passes shows that these fit
together; it says nothing about inference, GPU use, memory or a vendor's own behaviour. Standard library only.
"""

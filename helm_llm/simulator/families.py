"""Metrics of the engines: kinds, names, help and buckets of vLLM 0.33, and NIM 1's names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

MetricKind: TypeAlias = Literal["gauge", "counter", "histogram"]


def _bounds(text: str) -> tuple[float, ...]:
    return tuple(map(float, text.split()))


_LATENCY = _bounds(
    "0.3 0.5 0.8 1 1.5 2 2.5 5 10 15 20 30 40 50 60 120 240 480 960 1920 7680"
)
_FIRST_TOKEN = _bounds(
    "0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10 20 40 80 160 640 2560"
)
_PER_TOKEN = _bounds(
    "0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 0.75 1 2.5 5 7.5 10 20 40 80"
)
_STEP = _bounds("1 8 16 32 64 128 256 512 1024 2048 4096 8192 16384")
_N = _bounds("1 2 5 10 20")
SLEEP_STATES = ("awake", "weights_offloaded", "discard_all")
FINISH_REASONS = ("stop", "length", "abort", "error", "repetition")


@dataclass(frozen=True, slots=True)
class Family:
    """One metric; `nim` is empty where NIM 1 lacks it."""

    kind: MetricKind
    name: str
    help: str
    nim: str = ""
    buckets: tuple[float, ...] = ()
    counts_tokens: bool = False
    """The buckets end at the model's maximum length."""

    def exported_name(self, *, nim_1: bool) -> str:
        """The name of the metric in this engine, empty if it lacks the metric."""
        return self.nim if nim_1 else f"vllm:{self.name}"

    def bounds(self, max_model_len: int) -> tuple[float, ...]:
        """Upper bounds of the buckets, without infinity."""
        if not self.counts_tokens:
            return self.buckets
        bounds: list[float] = []
        for power in range(10):
            bounds += [float(digit * 10**power) for digit in (1, 2, 5)]
        return tuple(bound for bound in bounds if bound <= max_model_len)


def _gauge(name: str, text: str, nim: str = "") -> Family:
    return Family("gauge", name, text, nim)


def _counter(name: str, text: str, nim: str = "") -> Family:
    return Family("counter", f"{name}_total", text, nim)


def _histogram(
    name: str, text: str, buckets: tuple[float, ...], nim: str = ""
) -> Family:
    return Family("histogram", name, text, nim, buckets)


def _tokens(name: str, text: str, nim: str = "") -> Family:
    return Family("histogram", name, text, nim, counts_tokens=True)


FAMILIES = (
    _gauge(
        "num_requests_running",
        "Number of requests in model execution batches.",
        "num_requests_running",
    ),
    _gauge(
        "num_requests_waiting",
        "Number of requests waiting to be processed.",
        "num_requests_waiting",
    ),
    _gauge(
        "kv_cache_usage_perc",
        "KV-cache usage. 1 means 100 percent usage.",
        "gpu_cache_usage_perc",
    ),
    _gauge(
        "engine_sleep_state",
        "Engine sleep state; awake = 0 means engine is sleeping; awake = 1 means it is awake.",
    ),
    _counter(
        "prefix_cache_queries",
        "Prefix cache queries, in terms of number of queried tokens.",
    ),
    _counter(
        "prefix_cache_hits", "Prefix cache hits, in terms of number of cached tokens."
    ),
    _counter("num_preemptions", "Cumulative number of preemption from the engine."),
    _counter(
        "prompt_tokens", "Number of prefill tokens processed.", "prompt_tokens_total"
    ),
    _counter(
        "generation_tokens",
        "Number of generation tokens processed.",
        "generation_tokens_total",
    ),
    _counter(
        "request_success",
        "Count of successfully processed requests.",
        "request_finish_total",
    ),
    _tokens(
        "request_prompt_tokens",
        "Number of prefill tokens processed.",
        "request_prompt_tokens",
    ),
    _tokens(
        "request_generation_tokens",
        "Number of generation tokens processed.",
        "request_generation_tokens",
    ),
    _histogram(
        "iteration_tokens_total",
        "Histogram of number of tokens per engine_step.",
        _STEP,
    ),
    _tokens(
        "request_max_num_generation_tokens",
        "Histogram of maximum number of requested generation tokens.",
    ),
    _histogram("request_params_n", "Histogram of the n request parameter.", _N),
    _tokens(
        "request_params_max_tokens", "Histogram of the max_tokens request parameter."
    ),
    _histogram(
        "time_to_first_token_seconds",
        "Histogram of time to first token in seconds.",
        _FIRST_TOKEN,
        "time_to_first_token_seconds",
    ),
    _histogram(
        "inter_token_latency_seconds",
        "Histogram of inter-token latency in seconds.",
        _PER_TOKEN,
        "time_per_output_token_seconds",
    ),
    _histogram(
        "request_time_per_output_token_seconds",
        "Histogram of time_per_output_token_seconds per request.",
        _PER_TOKEN,
    ),
    _histogram(
        "e2e_request_latency_seconds",
        "Histogram of e2e request latency in seconds.",
        _LATENCY,
        "e2e_request_latency_seconds",
    ),
    _histogram(
        "request_queue_time_seconds",
        "Histogram of time spent in WAITING phase for request.",
        _LATENCY,
    ),
    _histogram(
        "request_inference_time_seconds",
        "Histogram of time spent in RUNNING phase for request.",
        _LATENCY,
    ),
    _histogram(
        "request_prefill_time_seconds",
        "Histogram of time spent in PREFILL phase for request.",
        _LATENCY,
    ),
    _histogram(
        "request_decode_time_seconds",
        "Histogram of time spent in DECODE phase for request.",
        _LATENCY,
    ),
)

"""Metrics of what was served, in the text format of Prometheus."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from helm_llm.simulator.completion import Completion
from helm_llm.simulator.families import FAMILIES, FINISH_REASONS, SLEEP_STATES, Family
from helm_llm.simulator.settings import Settings

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


@dataclass(slots=True)
class Histogram:
    """Observations, sorted into buckets."""

    buckets: Counter[int] = field(default_factory=Counter)
    count: int = 0
    total: float = 0.0

    def observe(self, value: float, bounds: tuple[float, ...]) -> None:
        """Add one observation."""
        self.buckets[bisect_left(bounds, value)] += 1
        self.count += 1
        self.total += value


class Metrics:
    """Metrics of one server. Thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._bounds: dict[str, tuple[float, ...]] = {}
        for family in FAMILIES:
            self._bounds[family.name] = family.bounds(settings.max_model_len)
        self._values: dict[str, float] = defaultdict(float)
        self._finished: Counter[str] = Counter()
        self._histograms: dict[str, Histogram] = defaultdict(Histogram)
        self._labels = {"model_name": settings.served_names[0]}
        if not settings.personality.is_nim_1:
            self._labels["engine"] = "0"

    def begin(self) -> None:
        """Count a request that is being answered."""
        with self._lock:
            self._values["num_requests_running"] += 1

    def end(
        self,
        completion: Completion,
        reasons: Mapping[str, int],
        first_token: float,
        seconds: float,
    ) -> None:
        """Count a request that was answered.

        `reasons` has the number of choices for each finish reason. `first_token` and
        `seconds` are the times until the first and the last token.
        """
        tokens = completion.completion_tokens
        choices = len(completion.choices)
        # The first token is not between two tokens.
        per_token = (seconds - first_token) / max(tokens - 1, 1)
        with self._lock:
            self._values["num_requests_running"] -= 1
            self._finished.update(reasons)
            self._count(
                prompt_tokens=completion.prompt_tokens, generation_tokens=tokens
            )
            self._count(prefix_cache_queries=completion.prompt_tokens)
            self._observe(
                request_prompt_tokens=completion.prompt_tokens,
                request_generation_tokens=tokens,
                request_max_num_generation_tokens=tokens // choices,
                request_params_n=completion.n,
                request_params_max_tokens=completion.limit,
                iteration_tokens_total=choices,
                time_to_first_token_seconds=first_token,
                inter_token_latency_seconds=per_token,
                request_time_per_output_token_seconds=per_token,
                e2e_request_latency_seconds=seconds,
                request_queue_time_seconds=0.0,
                request_inference_time_seconds=seconds,
                request_prefill_time_seconds=first_token,
                request_decode_time_seconds=seconds - first_token,
            )

    def render(self) -> str:
        """The text of /metrics."""
        with self._lock:
            return "".join(f"{line}\n" for line in self._lines())

    def _count(self, **amounts: int) -> None:
        for name, amount in amounts.items():
            self._values[f"{name}_total"] += amount

    def _observe(self, **values: float) -> None:
        for name, value in values.items():
            self._histograms[name].observe(value, self._bounds[name])

    def _lines(self) -> Iterator[str]:
        nim_1 = self._settings.personality.is_nim_1
        for family in FAMILIES:
            # Not every engine exports every family.
            name = family.exported_name(nim_1=nim_1)
            if not name:
                continue
            yield from _heading(name, family.kind, family.help)
            yield from self._samples(family, name)
        if nim_1:
            yield from self._constant(
                "num_request_max",
                "Maximum number of concurrent requests.",
                256,
                self._labels,
            )
        else:
            yield from self._vllm_info()
        yield from self._constant(
            "helm_llm_simulated", "1: these numbers come from a simulator.", 1, {}
        )

    def _samples(self, family: Family, name: str) -> Iterator[str]:
        if family.kind == "histogram":
            bounds = self._bounds[family.name]
            histogram = self._histograms[family.name]
            yield from self._buckets(name, bounds, histogram)
        elif family.name == "request_success_total":
            for reason in FINISH_REASONS:
                labels = self._labels | {"finished_reason": reason}
                yield _sample(name, labels, self._finished[reason])
        elif family.name == "engine_sleep_state":
            for state in SLEEP_STATES:
                labels = self._labels | {"sleep_state": state}
                yield _sample(name, labels, state == "awake")
        else:
            yield _sample(name, self._labels, self._values[family.name])

    def _buckets(
        self, name: str, bounds: tuple[float, ...], histogram: Histogram
    ) -> Iterator[str]:
        below = 0
        for index, bound in enumerate((*bounds, "+Inf")):
            below += histogram.buckets[index]
            labels = self._labels | {"le": str(bound)}
            yield _sample(f"{name}_bucket", labels, below)
        yield _sample(f"{name}_count", self._labels, histogram.count)
        yield _sample(f"{name}_sum", self._labels, histogram.total)

    def _vllm_info(self) -> Iterator[str]:
        labels = {"engine": "0", **self._settings.cache}
        yield from self._constant(
            "vllm:cache_config_info",
            "Information of the LLMEngine CacheConfig",
            1,
            labels,
        )
        if self._settings.lora_enabled:
            adapters = {
                "max_lora": "1",
                "waiting_lora_adapters": "",
                "running_lora_adapters": "",
            }
            yield from self._constant(
                "vllm:lora_requests_info",
                "Running stats on lora requests.",
                1,
                adapters,
            )

    @staticmethod
    def _constant(
        name: str, text: str, value: float, labels: Mapping[str, str]
    ) -> Iterator[str]:
        yield from _heading(name, "gauge", text)
        yield _sample(name, labels, value)


def _heading(name: str, kind: str, text: str) -> tuple[str, str]:
    return f"# HELP {name} {text}", f"# TYPE {name} {kind}"


def _sample(name: str, labels: Mapping[str, str], value: float) -> str:
    if not labels:
        return f"{name} {float(value)}"
    pairs = []
    for key, text in sorted(labels.items()):
        escaped = text.translate(_ESCAPES)
        pairs.append(f'{key}="{escaped}"')
    joined = ",".join(pairs)
    return f"{name}{{{joined}}} {float(value)}"

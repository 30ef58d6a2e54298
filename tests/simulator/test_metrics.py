"""/metrics, as Prometheus would read it."""

from __future__ import annotations

import re

from tests.simulator.conftest import Start
from tests.simulator.engine import Engine

SAMPLE = re.compile(
    r'([\w:]+)(?:\{(\w+="(?:[^"\\]|\\.)*"(?:,\w+="(?:[^"\\]|\\.)*")*)\})? (\d+\.\d+(?:e[+-]\d+)?)'
)
VLLM = {
    **dict.fromkeys(
        ("num_requests_running", "num_requests_waiting", "kv_cache_usage_perc"), "gauge"
    ),
    **dict.fromkeys(
        ("engine_sleep_state", "cache_config_info", "lora_requests_info"), "gauge"
    ),
    **dict.fromkeys(
        ("prompt_tokens_total", "generation_tokens_total", "num_preemptions_total"),
        "counter",
    ),
    **dict.fromkeys(
        (
            "prefix_cache_queries_total",
            "prefix_cache_hits_total",
            "request_success_total",
        ),
        "counter",
    ),
    **dict.fromkeys(
        ("time_to_first_token_seconds", "inter_token_latency_seconds"), "histogram"
    ),
    **dict.fromkeys(
        ("request_time_per_output_token_seconds", "e2e_request_latency_seconds"),
        "histogram",
    ),
    **dict.fromkeys(
        (
            f"request_{part}_time_seconds"
            for part in ("queue", "inference", "prefill", "decode")
        ),
        "histogram",
    ),
    **dict.fromkeys(
        (
            "request_prompt_tokens",
            "request_generation_tokens",
            "iteration_tokens_total",
        ),
        "histogram",
    ),
    **dict.fromkeys(
        (
            "request_max_num_generation_tokens",
            "request_params_n",
            "request_params_max_tokens",
        ),
        "histogram",
    ),
}
NIM = {
    *(
        "gpu_cache_usage_perc",
        "num_requests_running",
        "num_requests_waiting",
        "num_request_max",
        "prompt_tokens_total",
    ),
    *(
        "generation_tokens_total",
        "time_to_first_token_seconds",
        "time_per_output_token_seconds",
    ),
    *(
        "e2e_request_latency_seconds",
        "request_prompt_tokens",
        "request_generation_tokens",
        "request_finish_total",
    ),
}


def kinds(text: str) -> dict[str, str]:
    return dict(
        line.split()[2:] for line in text.splitlines() if line.startswith("# TYPE ")
    )


def samples(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(SAMPLE.fullmatch(line) for line in lines)
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_names_and_kinds(engine: Engine) -> None:
    answer = engine.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    shown = kinds(answer.text)
    assert shown == {f"vllm:{name}": kind for name, kind in VLLM.items()} | {
        "helm_llm_simulated": "gauge"
    }
    assert samples(answer.text)["helm_llm_simulated"] == 1


def test_what_was_served_is_counted(start: Start) -> None:
    fresh = start("acme/a", "--served-model-name", 'say "a"', "b", "--block-size=32")
    labels = 'engine="0",model_name="say \\"a\\""'
    before = samples(fresh.get("/metrics").text)
    assert before[f"vllm:prompt_tokens_total{{{labels}}}"] == 0
    fresh.chat("one two three", max_tokens=5)
    fresh.chat("one", n=2)
    fresh.chat("one", stream=True)
    shown = samples(fresh.get("/metrics").text)
    assert shown[f"vllm:prompt_tokens_total{{{labels}}}"] == 5
    assert shown[f"vllm:generation_tokens_total{{{labels}}}"] == 17
    finished = 'vllm:request_success_total{engine="0",finished_reason="%s",model_name="say \\"a\\""}'
    assert (
        shown[finished % "stop"],
        shown[finished % "length"],
        shown[finished % "error"],
    ) == (3, 1, 0)
    assert shown[f"vllm:e2e_request_latency_seconds_count{{{labels}}}"] == 3
    assert shown[f"vllm:num_requests_running{{{labels}}}"] == 0
    assert any(
        name.startswith('vllm:cache_config_info{block_size="32",') for name in shown
    )


def test_buckets_are_cumulative_and_end_at_infinity(start: Start) -> None:
    fresh = start("m", "--max-model-len=100")
    for text in ("a", "a b", "a b c d e f"):
        fresh.chat(text)
    shown = samples(fresh.get("/metrics").text)
    bucket = 'vllm:request_prompt_tokens_bucket{engine="0",le="%s",model_name="m"}'
    bounds = ("1.0", "2.0", "5.0", "10.0", "20.0", "50.0", "100.0", "+Inf")
    assert [shown[bucket % bound] for bound in bounds] == [1, 2, 2, 3, 3, 3, 3, 3]
    assert shown['vllm:request_prompt_tokens_sum{engine="0",model_name="m"}'] == 9
    assert len(
        [name for name in shown if name.startswith("vllm:request_prompt_tokens_bucket")]
    ) == len(bounds)


def test_no_adapters_no_adapter_metric(start: Start) -> None:
    assert "vllm:lora_requests_info" not in kinds(start("m").get("/metrics").text)


def test_nim_1_has_its_own_names(start_nim: Start) -> None:
    nim = start_nim(SIM_MODEL="m")
    nim.chat("one two")
    for path in ("/metrics", "/v1/metrics"):
        text = nim.get(path).text
        assert set(kinds(text)) == NIM | {"helm_llm_simulated"}
        assert samples(text)['prompt_tokens_total{model_name="m"}'] == 2


def test_nim_2_has_those_of_vllm(start_nim: Start) -> None:
    assert "vllm:num_requests_waiting" in kinds(
        start_nim(SIM_NIM_GENERATION="2").get("/v1/metrics").text
    )

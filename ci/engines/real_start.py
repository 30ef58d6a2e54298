"""Runs inside an environment with one vLLM release: how far its server gets with an argument list, before any weights.

    PYTHONPATH=SOURCE python real_start.py < QUESTIONS > ANSWERS

A question is a line with `argv` and `environment`; its answer is the same line with the engine's `error`, or with the
`warnings` that it logs. The parser, its checks and the configuration are vLLM's own, for its CPU platform; nothing of
vLLM is stubbed. Instead of a model of the Hub there is its config.json, with what the checks read.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import json
import logging
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import real_parser

MODELS: dict[str, dict[str, Any]] = {
    "Qwen/Qwen2.5-7B-Instruct": {
        "architectures": ["Qwen2ForCausalLM"],
        "model_type": "qwen2",
        "hidden_size": 3584,
        "max_position_embeddings": 32768,
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
    },
    "Qwen/Qwen3-0.6B": {
        "architectures": ["Qwen3ForCausalLM"],
        "model_type": "qwen3",
        "hidden_size": 1024,
        "max_position_embeddings": 40960,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
    },
    "microsoft/DialoGPT-medium": {
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "n_embd": 1024,
        "n_head": 16,
        "n_positions": 1024,
    },
}


class Warnings(logging.Handler):
    """Keeps what the engine logs, but for what it says of a machine without GPUs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.module != "cpu" and "Triton" not in record.getMessage():
            self.texts.append(record.getMessage())


def configure(top: argparse.ArgumentParser, argv: list[str], model: str) -> None:
    """What `vllm serve` does first; it raises what the engine raises."""
    args = top.parse_args(["serve", model, *argv[1:]])
    args.model = model
    importlib.import_module(
        "vllm.entrypoints.common.cli_args"
    ).validate_parsed_serve_args(args)
    engine = importlib.import_module(
        "vllm.engine.arg_utils"
    ).AsyncEngineArgs.from_cli_args(args)
    engine.create_engine_config()


def answer(
    top: argparse.ArgumentParser, question: dict[str, Any], directory: Path
) -> dict[str, Any]:
    model = directory / question["argv"][0]
    model.mkdir(parents=True, exist_ok=True)
    (model / "config.json").write_text(json.dumps(MODELS[question["argv"][0]]), "utf-8")
    stderr, log = io.StringIO(), Warnings()
    logging.getLogger("vllm").addHandler(log)
    os.environ.update(question["environment"])
    try:
        with contextlib.redirect_stderr(stderr):
            configure(top, question["argv"], str(model))
    except SystemExit:
        return {"error": stderr.getvalue().partition("error: ")[2].strip()}
    except Exception as error:
        return {
            "error": str(error).rpartition("Value error, ")[2].partition(" [type=")[0]
        }
    finally:
        logging.getLogger("vllm").removeHandler(log)
        for name in question["environment"]:
            del os.environ[name]
    return {"warnings": log.texts}


def main() -> None:
    os.environ["VLLM_CONFIGURE_LOGGING"] = "0"  # Its log would go to the answers.
    top, _ = real_parser.build()
    for line in sys.stdin:
        question = {key: json.loads(line)[key] for key in ("argv", "environment")}
        with TemporaryDirectory() as directory:
            print(json.dumps(question | answer(top, question, Path(directory))))


if __name__ == "__main__":
    main()

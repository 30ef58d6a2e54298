"""Start the server of a vLLM release with arguments, up to the point where it loads weights.

    PYTHONPATH=SOURCE python real_start.py < QUESTIONS > ANSWERS

Run it in the Python environment of that release (record.py). A question is a line of JSON
with `argv` and `environment`. The answer is the same line with the engine's `error`, or with
the `warnings` that it logs. Parser, checks and configuration are vLLM's own, for its CPU
platform; nothing in vLLM is stubbed. Models are not downloaded: MODELS holds the part of
their config.json that the checks read.
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
from typing import TypedDict

import real_parser

MODELS: dict[str, dict[str, object]] = {
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


class Question(TypedDict):
    argv: list[str]
    environment: dict[str, str]


class WarningLog(logging.Handler):
    """Collects the engine's warnings, except those about a machine without GPUs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.module != "cpu" and "Triton" not in record.getMessage():
            self.texts.append(record.getMessage())


def configure_engine(top: argparse.ArgumentParser, argv: list[str], model: str) -> None:
    """Do what `vllm serve` does first; raise what it raises."""
    arguments = top.parse_args(["serve", model, *argv[1:]])
    arguments.model = model
    checks = importlib.import_module("vllm.entrypoints.common.cli_args")
    checks.validate_parsed_serve_args(arguments)
    engine = importlib.import_module("vllm.engine.arg_utils")
    engine.AsyncEngineArgs.from_cli_args(arguments).create_engine_config()


def start_engine(
    top: argparse.ArgumentParser, question: Question, directory: Path
) -> dict[str, object]:
    """Return the engine's error or its warnings."""
    name = question["argv"][0]
    model = directory / name
    model.mkdir(parents=True, exist_ok=True)
    (model / "config.json").write_text(json.dumps(MODELS[name]), "utf-8")
    stderr, log = io.StringIO(), WarningLog()
    logging.getLogger("vllm").addHandler(log)
    os.environ.update(question["environment"])
    try:
        with contextlib.redirect_stderr(stderr):
            configure_engine(top, question["argv"], str(model))
    except SystemExit:
        return {"error": stderr.getvalue().partition("error: ")[2].strip()}
    except Exception as error:
        # pydantic wraps the engine's text.
        text = str(error).rpartition("Value error, ")[2].partition(" [type=")[0]
        return {"error": text}
    finally:
        logging.getLogger("vllm").removeHandler(log)
        for variable in question["environment"]:
            del os.environ[variable]
    return {"warnings": log.texts}


def main() -> None:
    # vLLM logs to standard output, where the answers go.
    os.environ["VLLM_CONFIGURE_LOGGING"] = "0"
    top, _ = real_parser.build_parsers()
    for line in sys.stdin:
        recorded = json.loads(line)
        question: Question = {
            "argv": recorded["argv"],
            "environment": recorded["environment"],
        }
        with TemporaryDirectory() as directory:
            answer = start_engine(top, question, Path(directory))
        print(json.dumps({**question, **answer}))


if __name__ == "__main__":
    main()

"""Simulators, each in a separate process on a separate port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.simulator.engine import (
    SIMULATOR,
    Engine,
    free_port,
    launched,
    wait_until_it_listens,
)

Start = Callable[..., Engine]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Start]:
    """Start `vllm serve WORDS` with these variables, without waiting until it is ready."""
    with ExitStack() as stack:

        def start(*words: str, **environ: str) -> Engine:
            port = free_port()
            command = (*SIMULATOR, "serve", *words, f"--port={port}")
            return stack.enter_context(
                launched(tmp_path / f"{port}.log", command, environ, port=port)
            )

        yield start


@pytest.fixture
def start(launch: Start) -> Start:
    """Start `vllm serve WORDS` and wait until it listens."""
    return lambda *words, **environ: wait_until_it_listens(launch(*words, **environ))


@pytest.fixture
def start_nim(tmp_path: Path) -> Iterator[Start]:
    """Start NIM as its chart does, with environment variables alone."""
    with ExitStack() as stack:

        def start(*words: str, **environ: str) -> Engine:
            port = free_port()
            given = {
                "NIM_SERVER_PORT": str(port),
                "NGC_API_KEY": "nvapi-not-a-key",
            } | environ
            engine = stack.enter_context(
                launched(
                    tmp_path / f"{port}.log", (*SIMULATOR, *words), given, port=port
                )
            )
            return wait_until_it_listens(engine)

        yield start


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One vLLM with two names, an adapter and a short context, for tests that do not change it."""
    port = free_port()
    names = (
        "--served-model-name",
        "small",
        "tiny",
        "--enable-lora",
        "--lora-modules",
        "sql=acme/sql",
    )
    argv = (
        *SIMULATOR,
        "serve",
        "acme/model",
        *names,
        "--max-model-len=64",
        f"--port={port}",
    )
    with launched(
        tmp_path_factory.mktemp("engine") / "log", argv, {}, port=port
    ) as running:
        yield wait_until_it_listens(running)


@pytest.fixture
def model(tmp_path: Path) -> str:
    """A directory for a model."""
    directory = tmp_path / "model"
    directory.mkdir()
    (directory / "config.json").write_text('{"max_position_embeddings": 2048}')
    return str(directory)

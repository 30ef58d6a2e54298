"""`helm template` in the background: it takes as long as all of our own work, so it starts first."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

from helm_llm.lint.target import Target
from helm_llm.manifests import Manifests
from helm_llm.process import Background, Completed
from helm_llm.tools.helm import Helm


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What `helm template` is told beside the values."""

    release: str = "release-name"
    arguments: tuple[str, ...] = ()


def start(helm: Helm, target: Target, options: RenderOptions, pool: Background, stdin: str | None) -> Future[Completed]:
    """Begin rendering a target."""
    arguments = [*options.arguments, *_values_arguments(target)]
    return pool.submit(lambda: helm.template(options.release, target.chart, arguments, stdin))


def _values_arguments(target: Target) -> list[str]:
    # `--flag=value` in one word: Helm then takes a value that begins with a dash as a value
    files = [f"--values={_csv(file)}" for file in target.files]
    return files + [f"{option.flag}={option.text}" for option in target.options]


def _csv(file: str) -> str:
    """Helm splits -f at commas, as CSV."""
    return '"' + file.replace('"', '""') + '"' if set(file) & set(',"') else file


def finish(future: Future[Completed]) -> Manifests:
    """Wait for a render."""
    completed = future.result()
    return Manifests(completed.stdout, None if completed.code == 0 else _reason(completed.stderr))


def _reason(stderr: str) -> str:
    """Helm's error; Helm 3 prints one line, Helm 4 several of a chain whose last says what failed."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [number for number, line in enumerate(lines) if line.startswith("Error:")]
    kept = [line for line in lines[errors[-1] if errors else 0 :] if not line.startswith("Use --debug")]
    return " ".join(kept).removeprefix("Error: ") or "helm template failed without a message"

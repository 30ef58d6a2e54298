"""Options of `helm llm test`, as the harness uses them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helm_llm import inputs
from helm_llm.duration import seconds_of
from helm_llm.errors import UsageError
from helm_llm.lint.options import set_options, split_values_flags
from helm_llm.lint.targets.target import Target
from helm_llm.names import namespace, release_name
from helm_llm.tools.kubectl import Access

_NEED_CHART = {
    "values": "-f",
    "set": "--set",
    "version": "--version",
    "case": "--case",
    "kind": "--kind",
    "simulate": "--simulate",
    "upgrade_from": "--upgrade-from",
    "no_lint": "--no-lint",
}
_NEED_KIND = {"kind_image": "--kind-image", "kind_config": "--kind-config"}


@dataclass(frozen=True, slots=True)
class HarnessOptions:
    """The options of one call; texts are empty where the user gave no option."""

    release: str
    target: Target | None
    version: str
    cases: tuple[str, ...]
    namespace: str
    access: Access
    kind: bool
    kind_image: str
    kind_config: str
    simulate: bool
    upgrade_from: str
    lint: bool
    keep: bool
    jobs: int
    seconds: float | None
    artifacts: Path | None
    junit: Path | None
    format: str

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> HarnessOptions:
        """Read the parameters of the click command, which are named like its flags.

        Raises UsageError for options that are invalid, or that have no effect.
        """
        _check(options)
        return cls(
            release=release_name(options["release"]),
            target=_target(options),
            version=options["version"] or "",
            cases=options["case"],
            namespace=namespace(options["namespace"] or _default_namespace()),
            access=_access(options),
            kind=options["kind"],
            kind_image=options["kind_image"] or "",
            kind_config=_kind_config(options["kind_config"]),
            simulate=options["simulate"],
            upgrade_from=options["upgrade_from"] or "",
            lint=not options["no_lint"],
            keep=options["keep"],
            jobs=options["jobs"],
            seconds=_time_limit(options["timeout"]),
            artifacts=_path(options["artifacts"]),
            junit=_path(options["junit"]),
            format=options["format_"],
        )


def _check(options: Mapping[str, object]) -> None:
    if not options["release"]:
        raise UsageError(
            "name a release: `helm llm test my-release`, "
            "or `helm llm test my-release CHART -f values.yaml`"
        )
    values = options["values"]
    if isinstance(values, tuple) and "-" in values:
        raise UsageError(
            "-f -: a chart is linted, rendered and installed, "
            "but standard input can be read only once"
        )
    if not options["chart"]:
        _refuse_unused(options, _NEED_CHART, "CHART")
    if not options["kind"]:
        _refuse_unused(options, _NEED_KIND, "--kind")


def _refuse_unused(
    options: Mapping[str, object], flags: Mapping[str, str], need: str
) -> None:
    for name, flag in flags.items():
        if options[name]:
            raise UsageError(
                f"{flag} does nothing without {need}: "
                "`helm llm test --help` shows the forms"
            )


def _target(options: Mapping[str, Any]) -> Target | None:
    chart = options["chart"]
    if not chart:
        return None
    return Target(
        chart, split_values_flags(options["values"]), tuple(set_options(options))
    )


def _default_namespace() -> str:
    # Helm passes the namespace of its own command line to plugins this way.
    return os.environ.get("HELM_NAMESPACE") or "default"


def _access(options: Mapping[str, Any]) -> Access:
    kubeconfig, kube_context = options["kubeconfig"], options["kube_context"]
    return Access.current(kubeconfig or "", kube_context or "")


def _time_limit(timeout: str | None) -> float | None:
    return None if timeout is None else seconds_of(timeout, "--timeout")


def _kind_config(file: str | None) -> str:
    """Return a path that kind can read, even if the file can be read only once."""
    if not file:
        return ""
    what = "the configuration of kind"
    inputs.read(file, what)
    return inputs.for_programs(file, what)


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None

"""What the command line of `helm llm test` asks for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helm_llm import inputs
from helm_llm.duration import seconds_of
from helm_llm.errors import UsageError
from helm_llm.lint.command import files_of, settings_of
from helm_llm.lint.targets.target import Target
from helm_llm.names import namespace, release_name
from helm_llm.tools.kubectl import Access

_WITH_CHART = {
    "values": "-f",
    "set": "--set",
    "version": "--version",
    "case": "--case",
    "kind": "--kind",
    "simulate": "--simulate",
    "upgrade_from": "--upgrade-from",
    "no_lint": "--no-lint",
}
_WITH_KIND = {"kind_image": "--kind-image", "kind_config": "--kind-config"}


@dataclass(frozen=True, slots=True)
class HarnessOptions:
    """The options of one call."""

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
        """From the parameters of the click command, named as its flags are."""
        _refuse(options)
        chart = options["chart"]
        target = (
            Target(chart, files_of(options["values"]), tuple(settings_of(options)))
            if chart
            else None
        )
        return cls(
            release=release_name(options["release"]),
            target=target,
            version=options["version"] or "",
            cases=options["case"],
            namespace=namespace(
                options["namespace"] or os.environ.get("HELM_NAMESPACE") or "default"
            ),
            access=Access.current(
                options["kubeconfig"] or "", options["kube_context"] or ""
            ),
            kind=options["kind"],
            kind_image=options["kind_image"] or "",
            kind_config=_for_kind(options["kind_config"]),
            simulate=options["simulate"],
            upgrade_from=options["upgrade_from"] or "",
            lint=not options["no_lint"],
            keep=options["keep"],
            jobs=options["jobs"],
            seconds=seconds_of(options["timeout"], "--timeout")
            if options["timeout"] is not None
            else None,
            artifacts=_path(options["artifacts"]),
            junit=_path(options["junit"]),
            format=options["format_"],
        )


def _refuse(options: Mapping[str, Any]) -> None:
    """Options that would do nothing."""
    if not options["release"]:
        raise UsageError(
            "name a release: `helm llm test my-release`, or `helm llm test my-release CHART -f values.yaml`"
        )
    if "-" in options["values"]:
        raise UsageError(
            "-f -: a chart is linted, rendered and installed, and standard input can be read only once"
        )
    for tables, given, need in (
        (_WITH_CHART, options["chart"], "CHART"),
        (_WITH_KIND, options["kind"], "--kind"),
    ):
        unused = [flag for name, flag in tables.items() if options[name] and not given]
        if unused:
            raise UsageError(
                f"{unused[0]} does nothing without {need}: `helm llm test --help` shows the forms"
            )


def _for_kind(file: str | None) -> str:
    """A path that kind can read, also of what can be read only once."""
    if not file:
        return ""
    what = "the configuration of kind"
    inputs.read(file, what)
    return inputs.for_programs(file, what)


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None

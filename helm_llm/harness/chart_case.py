"""A chart under test: linted, installed in a namespace, checked like any release, and removed again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helm_llm.harness import lint_gate
from helm_llm.harness.cluster import advertise, namespace, settle
from helm_llm.harness.created import Dependency, InstalledRelease
from helm_llm.harness.install import install, objects_of, older, values_of
from helm_llm.harness.ledger import Ledger
from helm_llm.harness.objects import name_of
from helm_llm.harness.plan import Planned
from helm_llm.harness.release import find
from helm_llm.harness.release_case import Case
from helm_llm.harness.result import CaseResult, Skipped
from helm_llm.harness.scenario import missing
from helm_llm.harness.simulate import extended_resources, simulated
from helm_llm.lint.targets.target import Target

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every case of a run."""

    ledger: Ledger
    lint: bool
    simulate: bool
    upgrade_from: str
    jobs: int


def run(terms: Terms, case: Case, planned: Planned) -> CaseResult:
    """Install and check one case."""
    if planned.skipped:
        case.steps.run("install", lambda: _skip(planned.skipped))
        return case.result()
    with namespace(case.site, terms.ledger, case.site.namespace) as site:
        settle(site)
        case.site = site
        _run(terms, case, planned.target)
    return case.result()


def _skip(why: str) -> str:
    raise Skipped(why)


def _run(terms: Terms, case: Case, target: Target) -> None:
    step, site = case.steps.run, case.site
    if terms.lint and not step(
        "lint", lambda: lint_gate.lint(site, case.release, target)
    ):
        return
    with ExitStack() as stack:
        versions = (
            [older(site, target, terms.upgrade_from, terms.ledger.directory)]
            if terms.upgrade_from
            else []
        )
        for version in versions:
            if not (
                install_chart(terms, case, version, "install old", stack)
                and step("ready", lambda: _wait(case))
            ):
                return
        if install_chart(
            terms, case, target, "upgrade" if versions else "install", stack
        ):
            case.check()
        else:
            case.keep_failed()


def install_chart(
    terms: Terms, case: Case, target: Target, name: str, stack: ExitStack
) -> bool:
    """Install, simulated or as it is; at the end of `stack` the release goes, then what was made for its pods."""
    prepared = [target]
    if terms.simulate and not case.steps.run(
        "simulate", lambda: _simulate(terms, case, prepared, stack)
    ):
        return False
    stack.enter_context(installed(terms, case))
    return case.steps.run(name, lambda: install(case.site, case.release, prepared[0]))


def _simulate(
    terms: Terms, case: Case, prepared: list[Target], stack: ExitStack
) -> str:
    """Give the nodes GPUs, the pods what they expect, and the chart the simulator's image."""
    target, site = prepared[0], case.site
    objects = objects_of(site, case.release, target)
    scratch = (
        terms.ledger.directory
        / f"{site.namespace}-{case.name}-{Path(target.chart).name}.yaml"
    )
    prepared[0] = simulated(target, values_of(site, target), objects, scratch)
    advertise(
        site,
        {
            name: amount * terms.jobs
            for name, amount in extended_resources(objects).items()
        },
    )
    made = _provide(terms, case, objects_of(site, case.release, prepared[0]), stack)
    return f"made for it: {', '.join(made) or 'nothing is missing'}"


def _provide(
    terms: Terms, case: Case, objects: Sequence[Object], stack: ExitStack
) -> Iterator[str]:
    """A RuntimeClass is the cluster's, like the GPUs, and stays for other runs; the rest goes with the release."""
    site = case.site
    for value in missing(site, objects):
        kind, name = str(value["kind"]), name_of(value)
        if kind != "RuntimeClass" and not site.own_namespace:
            stack.enter_context(
                terms.ledger.hold(
                    Dependency(
                        site.tools.kubectl, site.access, site.namespace, kind, name
                    )
                )
            )
        site.kubectl.apply([value])
        yield f"{kind} {name}"


def _wait(case: Case) -> str:
    return find(case.site, case.release, 60).wait(case.seconds)


@contextmanager
def installed(terms: Terms, case: Case) -> Iterator[None]:
    """A release that was not there before goes again, unless its cluster does.

    From a namespace that stays its pods are gone before what they use is.
    """
    site = case.site
    if site.own_cluster or (
        not site.own_namespace and site.releases.status(case.release)
    ):
        yield
        return
    place = site.access, site.namespace
    with terms.ledger.hold(
        InstalledRelease(
            site.tools.helm.binary, *place, case.release, wait=not site.own_namespace
        )
    ):
        yield

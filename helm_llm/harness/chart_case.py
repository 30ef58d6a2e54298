"""A chart under test: linted, installed, checked like any release, and removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from helm_llm.harness.cluster import (
    advertise_resources,
    use_namespace,
    wait_for_service_account,
)
from helm_llm.harness.created import Dependency, InstalledRelease
from helm_llm.harness.install import install_chart, merge_values, render_objects
from helm_llm.harness.ledger import Ledger
from helm_llm.harness.lint_gate import lint_chart
from helm_llm.harness.objects import name_of
from helm_llm.harness.plan import PlannedCase
from helm_llm.harness.release import find_release
from helm_llm.harness.release_case import HELM_SECONDS, ReleaseCase
from helm_llm.harness.result import CaseResult, Skipped, StepName
from helm_llm.harness.scenario import missing_prerequisites
from helm_llm.harness.simulate import extended_resources, simulate_chart
from helm_llm.harness.steps import Action, Passed
from helm_llm.lint.targets.target import Target
from helm_llm.typed import Object


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Settings of a run that apply to each of its cases."""

    ledger: Ledger
    lint: bool
    simulate: bool
    older_chart: str
    """Path of the chart to upgrade from, empty for a plain installation."""
    jobs: int


def run_planned_case(
    settings: RunSettings, case: ReleaseCase, planned: PlannedCase
) -> CaseResult:
    """Install and check one planned case."""
    if planned.skipped:
        case.steps.execute(Action("install", partial(_skip, planned.skipped)))
        return case.result()
    namespace = case.context.namespace
    with use_namespace(case.context, settings.ledger, namespace) as context:
        wait_for_service_account(context)
        case.context = context
        with ExitStack() as stack:
            ChartCase(settings, case, planned.target, stack).run()
    return case.result()


def _skip(reason: str) -> str:
    raise Skipped(reason)


@dataclass(frozen=True, slots=True)
class ChartCase:
    """A chart with its values, in the namespace of its case."""

    settings: RunSettings
    case: ReleaseCase
    target: Target
    stack: ExitStack
    """Removes the release, then what was created for its pods."""

    def run(self) -> None:
        """Lint, install and check the chart; a failed step is the last one."""
        steps = self.case.steps
        if self.settings.lint and not steps.execute(Action("lint", self._lint)):
            return
        name: StepName = "install"
        if self.settings.older_chart:
            name = "upgrade"
            if not self._install_older():
                return
        if self.install(self.target, name):
            self.case.check()
        else:
            self.case.save_failed_installation()

    def install(self, target: Target, name: StepName) -> bool:
        """Install a chart, simulated if the run is; return whether that succeeded."""
        steps, case = self.case.steps, self.case
        if self.settings.simulate:
            simulated = steps.run("simulate", partial(self._simulate, target))
            if simulated is None:
                return False
            target = simulated
        self.stack.enter_context(self._installed())
        install = partial(install_chart, case.context, case.release, target)
        return steps.execute(Action(name, install))

    def _install_older(self) -> bool:
        older = replace(self.target, chart=self.settings.older_chart)
        if not self.install(older, "install old"):
            return False
        return self.case.steps.execute(Action("ready", self._wait_until_ready))

    def _lint(self) -> str:
        return lint_chart(self.case.context, self.case.release, self.target)

    def _wait_until_ready(self) -> str:
        release = find_release(self.case.context, self.case.release, HELM_SECONDS)
        return release.wait_until_ready(self.case.seconds)

    def _simulate(self, target: Target) -> Passed[Target]:
        """Give the nodes GPUs, the pods what they expect, and the chart our image."""
        context, release = self.case.context, self.case.release
        objects = render_objects(context, release, target)
        values = merge_values(context, target)
        simulated = simulate_chart(target, values, objects, self._scratch_file(target))
        # Cases that run at the same time share the GPUs of the nodes.
        resources = extended_resources(objects)
        jobs = self.settings.jobs
        advertise_resources(
            context, {name: amount * jobs for name, amount in resources.items()}
        )
        created = self._provide(render_objects(context, release, simulated))
        names = ", ".join(created) or "nothing is missing"
        return Passed(f"created for it: {names}", simulated)

    def _scratch_file(self, target: Target) -> Path:
        namespace, chart = self.case.context.namespace, Path(target.chart).name
        name = f"{namespace}-{self.case.name}-{chart}.yaml"
        return self.settings.ledger.directory / name

    def _provide(self, objects: Sequence[Object]) -> Iterator[str]:
        """Create what the pods expect; yield the kind and name of each object."""
        context = self.case.context
        for value in missing_prerequisites(context, objects):
            kind, name = str(value["kind"]), name_of(value)
            # A RuntimeClass belongs to the cluster, like the GPUs of its nodes, so it
            # stays for other runs.
            if kind != "RuntimeClass" and not context.owns_namespace:
                dependency = Dependency(
                    context.tools.kubectl,
                    context.access,
                    context.namespace,
                    kind,
                    name,
                )
                self.stack.enter_context(self.settings.ledger.hold(dependency))
            context.kubectl.apply([value])
            yield f"{kind} {name}"

    @contextmanager
    def _installed(self) -> Iterator[None]:
        """Uninstall the release after the block.

        It stays if it existed before, or if its cluster is deleted anyway.
        """
        context, release = self.case.context, self.case.release
        if context.owns_cluster or self._existed():
            yield
            return
        # In a namespace that stays, the pods must be gone before what they use is.
        resource = InstalledRelease(
            context.tools.helm.binary,
            context.access,
            context.namespace,
            release,
            wait=not context.owns_namespace,
        )
        with self.settings.ledger.hold(resource):
            yield

    def _existed(self) -> bool:
        context = self.case.context
        if context.owns_namespace:
            return False
        return bool(context.releases.status(self.case.release))

"""One lint run over several targets: from targets to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from helm_llm.document.document import Document
from helm_llm.document.reader import read_document
from helm_llm.facts import NO_FACTS, Facts
from helm_llm.lint.finding import Finding
from helm_llm.lint.fixes.agreement import Agreement
from helm_llm.lint.known_secrets import (
    register_chart,
    register_document,
    register_options,
)
from helm_llm.lint.report import LintedTarget, Report, sort_findings
from helm_llm.lint.resolve import resolve_text
from helm_llm.lint.rule import AnyRule, Subject
from helm_llm.lint.rules import RULES
from helm_llm.lint.stages import Stages, at_most, rules_for, without_echoes
from helm_llm.lint.suppress import Suppressions
from helm_llm.lint.targets.target import Target
from helm_llm.manifests.manifests import Manifests, Render, manifests_of
from helm_llm.process import Running
from helm_llm.serving import is_known
from helm_llm.values.chart import Chart
from helm_llm.values.chart_loader import load_chart
from helm_llm.values.layers import layer

HelmVersion = tuple[int, int, int]

ASSUMED_HELM: HelmVersion = (3, 22, 0)
"""The Helm whose reading of values counts in a run without Helm."""


@dataclass(slots=True)
class Run:
    """The rules that run, and what the targets share: charts, comments, findings."""

    rules: Sequence[AnyRule]
    helm_version: HelmVersion | None = None
    facts: Facts = NO_FACTS
    render_again: Callable[[Target, str], Running] | None = None
    """Renders a target with other values, to find the value behind a part of an object."""
    _charts: dict[str, Chart] = field(default_factory=dict)
    _documents: dict[str, Document] = field(default_factory=dict)
    _suppressions: Suppressions = field(default_factory=Suppressions)
    _agreement: Agreement = field(default_factory=Agreement)
    _findings: list[Finding] = field(default_factory=list)
    _suppressed: set[tuple[object, ...]] = field(default_factory=set)
    _linted: list[LintedTarget] = field(default_factory=list)
    _incomplete: set[AnyRule] = field(default_factory=set)
    """Rules with more findings than are listed: any of their comments may be needed."""

    def lint(self, target: Target, rendering: Running | None = None) -> None:
        """Lint one target; `rendering` is its `helm template`, still running."""
        register_options(target.options)
        chart = self._load_chart(target)
        documents = [self._read_document(file) for file in target.files]
        for finding in self._findings_of(target, chart, documents, rendering):
            self._keep(replace(finding, chart=target.chart))
        self._agreement.end_target(target.files)
        linted = LintedTarget(
            chart.name,
            chart.version,
            target.chart,
            target.files,
            rendered=rendering is not None,
        )
        self._linted.append(linted)

    def _load_chart(self, target: Target) -> Chart:
        reference = target.archive or target.chart
        if reference not in self._charts:
            chart = load_chart(reference, name=target.chart)
            self._charts[reference] = chart
            self._add_defaults(chart)
        return self._charts[reference]

    def _add_defaults(self, chart: Chart) -> None:
        """Heed the comments in the chart's values.yaml, and in those of its subcharts."""
        self._suppressions.add(chart.defaults)
        self._documents[chart.defaults.file] = chart.defaults
        register_chart(chart)
        for dependency in chart.dependencies:
            if dependency.chart:
                self._add_defaults(dependency.chart)

    def _read_document(self, file: str) -> Document:
        document = read_document(file, helm_major=self._values_version[0])
        self._suppressions.add(document)
        self._documents[document.file] = document
        register_document(document)
        return document

    def _findings_of(
        self,
        target: Target,
        chart: Chart,
        documents: Sequence[Document],
        rendering: Running | None,
    ) -> Iterator[Finding]:
        stages = Stages(self.rules, self.facts)
        for document in documents:
            yield from stages.document_findings(document)
        # Without the values of a broken file, findings in the rest would be misleading.
        if any(document.error for document in documents):
            return
        values = layer(
            chart, documents, target.options, helm_version=self._values_version
        )
        found = list(stages.values_findings(values))
        yield from without_echoes(found)
        refused_by = {finding.rule.refused_by for finding in found}
        # Helm renders nothing with values that the schema refuses.
        if rendering is None or "schema" in refused_by:
            return
        yield from stages.manifest_findings(
            values,
            rendering,
            self._render_function(target),
            is_explained="template" in refused_by,
        )

    @property
    def _values_version(self) -> HelmVersion:
        return self.helm_version or ASSUMED_HELM

    def _render_function(self, target: Target) -> Render | None:
        render_again = self.render_again
        if render_again is None:
            return None

        def render(values: str) -> Manifests:
            return manifests_of(render_again(target, values).result())

        return render

    def _keep(self, finding: Finding) -> None:
        if finding.is_rest:
            self._incomplete.update(rules_for(self.rules, finding.rule.subject))
        if self._suppressions.suppress(finding):
            self._suppressed.add(finding.order)
        else:
            self._findings.append(finding)
            self._agreement.propose(finding.fixes)

    def report(self) -> Report:
        """The outcome, once every target is linted."""
        # imported last, so that it delays no target
        from helm_llm.lint.masked_report import mask_report, mask_targets

        findings = [self._agreement.settle(finding) for finding in self._findings]
        findings += self._unused_suppressions()
        report = Report(
            tuple(self._linted),
            sort_findings(findings),
            len(self._suppressed),
            self._helm_name(),
        )
        if not findings:
            return mask_targets(report)
        return mask_report(report, self._documents.values())

    def _helm_name(self) -> str | None:
        if self.helm_version is None:
            return None
        numbers = map(str, self.helm_version)
        return "v" + ".".join(numbers)

    def _unused_suppressions(self) -> Iterator[Finding]:
        """A finding for each comment that suppressed nothing, though its rule ran."""
        unchecked = self._unchecked_subjects()
        ran = set()
        for rule in self.rules:
            if rule.subject in unchecked or rule in self._incomplete:
                continue
            ran.add(rule.id)
        known = {rule.id for rule in RULES}
        for rule in rules_for(self.rules, Subject.UNUSED_SUPPRESSION):
            found = self._suppressions.unused(ran, known)
            yield from at_most(
                resolve_text(rule, problem, document)
                for document, unused in found
                for problem in rule.check(unused)
            )

    def _unchecked_subjects(self) -> set[Subject]:
        """Subjects that no target had, since nothing was rendered."""
        if any(target.rendered for target in self._linted):
            return set()
        if all(map(is_known, self._charts.values())):
            return {Subject.MANIFESTS}
        # The servers of other charts are read from what they render.
        return {Subject.MANIFESTS, Subject.SERVING_SPEC}

"""The stages of a lint run: documents, values, rules, places, suppression, report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from helm_llm.document.document import Document
from helm_llm.document.document import read as read_document
from helm_llm.facts import NO_FACTS, Facts
from helm_llm.keypath import KeyPath
from helm_llm.lint.chart_scope import scopes
from helm_llm.lint.finding import Finding
from helm_llm.lint.fixes.agreement import Agreement
from helm_llm.lint.known_secrets import (
    register_chart,
    register_document,
    register_options,
)
from helm_llm.lint.other_charts import rendered_specs
from helm_llm.lint.report import LintedTarget, Report, sort_findings
from helm_llm.lint.resolve import resolve, resolve_text
from helm_llm.lint.rule import MAX_FINDINGS, Problem, Rule, Severity, Subject
from helm_llm.lint.rules import RULES
from helm_llm.lint.schema.validation import Validation, validate
from helm_llm.lint.suppress import Suppressions
from helm_llm.lint.targets.target import Target
from helm_llm.manifests.manifests import Render, manifests_of
from helm_llm.process import Running
from helm_llm.serving import is_known, spec_of
from helm_llm.serving.spec.source import Source
from helm_llm.values import chart as charts
from helm_llm.values.chart import Chart
from helm_llm.values.layers import Values, layer

HelmVersion = tuple[int, int, int]

ASSUMED_HELM: HelmVersion = (3, 22, 0)
"""Whose reading of values counts when no Helm is asked."""


@dataclass(slots=True)
class Run:
    """One lint run: the rules that run, and what its targets share."""

    rules: Sequence[Rule[Any]]
    helm_version: HelmVersion | None = None
    facts: Facts = NO_FACTS
    again: Callable[[Target, str], Running] | None = None
    """Renders a target's chart with other values, to learn which value a part of an object comes from."""
    _charts: dict[str, Chart] = field(default_factory=dict)
    _suppressions: Suppressions = field(default_factory=Suppressions)
    _findings: list[Finding] = field(default_factory=list)
    _linted: list[LintedTarget] = field(default_factory=list)
    _suppressed: set[tuple[Any, ...]] = field(default_factory=set)
    _agreement: Agreement = field(default_factory=Agreement)
    _documents: dict[str, Document] = field(default_factory=dict)
    _cut: set[str] = field(default_factory=set)
    """Rules that may have found more than is listed: a comment for one of them may be of use."""

    def lint(self, target: Target, render: Running | None = None) -> None:
        """Lint one target; `render` is its `helm template`, still running."""
        register_options(target.options)
        chart = self._chart(target.archive or target.chart, target.chart)
        documents = tuple(self._read(file) for file in target.files)
        for finding in _target_findings(
            self.rules, chart, documents, target, render, self
        ):
            self._keep(replace(finding, chart=target.chart))
        self._agreement.end_of_target(target.files)
        self._linted.append(
            LintedTarget(
                chart.name,
                chart.version,
                target.chart,
                target.files,
                rendered=render is not None,
            )
        )

    def report(self) -> Report:
        """The outcome, once every target is linted."""
        unused = tuple(self._unused_suppressions())
        helm = (
            "v" + ".".join(map(str, self.helm_version)) if self.helm_version else None
        )
        findings = [self._agreement.agreed(finding) for finding in self._findings]
        report = Report(
            tuple(self._linted),
            sort_findings([*findings, *unused]),
            len(self._suppressed),
            helm,
        )
        from helm_llm.lint.masked_report import (
            mask_report,
            mask_targets,
        )  # a run without findings has little to show

        return (
            mask_report(report, self._documents.values())
            if report.findings
            else mask_targets(report)
        )

    @property
    def version(self) -> HelmVersion:
        """Whose reading of values counts."""
        return self.helm_version or ASSUMED_HELM

    def render_of(self, target: Target) -> Render | None:
        """What turns values into manifests, with the chart and options of a target."""
        again = self.again
        return (
            (lambda text: manifests_of(again(target, text).result())) if again else None
        )

    def _chart(self, reference: str, name: str) -> Chart:
        if reference not in self._charts:
            self._charts[reference] = charts.load(reference, name=name)
            self._listen(self._charts[reference])
        return self._charts[reference]

    def _listen(self, chart: Chart) -> None:
        """Take the comments of a chart's defaults into account, and of those of its subcharts."""
        self._suppressions.add(chart.defaults)
        self._documents[chart.defaults.file] = chart.defaults
        register_chart(chart)
        for dependency in chart.dependencies:
            if dependency.chart:
                self._listen(dependency.chart)

    def _read(self, file: str) -> Document:
        document = read_document(file, helm_major=self.version[0])
        self._suppressions.add(document)
        self._documents[document.file] = document
        register_document(document)
        return document

    def _keep(self, finding: Finding) -> None:
        if finding.is_rest:
            self._cut.update(
                rule.id for rule in self.rules if rule.subject is finding.rule.subject
            )
        if self._suppressions.suppress(finding):
            self._suppressed.add(finding.order)
        else:
            self._findings.append(finding)
            self._agreement.propose(finding.fixes)

    def _unused_suppressions(self) -> Iterator[Finding]:
        ran = {
            rule.id for rule in self.rules if rule.subject not in self._unseen()
        } - self._cut
        known = {rule.id for rule in RULES}
        for rule in _of(self.rules, Subject.UNUSED_SUPPRESSION):
            unused = self._suppressions.unused(ran, known)
            yield from _first(
                resolve_text(rule, problem, document)
                for document, one in unused
                for problem in rule.check(one)
            )

    def _unseen(self) -> set[Subject]:
        """What rules had nothing of to look at, as nothing was rendered."""
        if any(target.rendered for target in self._linted):
            return set()
        known = all(map(is_known, self._charts.values()))
        return (
            {Subject.MANIFESTS} if known else {Subject.MANIFESTS, Subject.SERVING_SPEC}
        )


def _target_findings(
    rules: Sequence[Rule[Any]],
    chart: Chart,
    documents: Sequence[Document],
    target: Target,
    render: Running | None,
    run: Run,
) -> Iterator[Finding]:
    for document in documents:
        for rule in _of(rules, Subject.DOCUMENT):
            yield from _first(
                resolve_text(rule, problem, document)
                for problem in rule.check(document)
            )
    if any(document.error for document in documents):
        return
    values = layer(chart, documents, target.options, helm_version=run.version)
    found = list(_values_findings(rules, values, run.facts))
    yield from _without_echoes(found)
    refused_by = {finding.rule.refused_by for finding in found}
    # of values that the schema refuses, Helm renders nothing
    if render and "schema" not in refused_by:
        manifests = manifests_of(render.result(), run.facts, values.tree)
        is_explained = "template" in refused_by
        manifest_rules = [rule for rule in rules if not (is_explained and rule.echoes)]
        yield from _findings(manifest_rules, Subject.MANIFESTS, manifests, values)
        for spec in rendered_specs(values, manifests, run.facts, run.render_of(target)):
            yield from _findings(rules, Subject.SERVING_SPEC, spec, spec.values)


def _values_findings(
    rules: Sequence[Rule[Any]], values: Values, facts: Facts
) -> Iterator[Finding]:
    yield from _findings(
        [rule for rule in rules if not rule.charts], Subject.VALUES, values, values
    )
    if any(_of(rules, Subject.VALIDATION)):
        yield from _schema_findings(rules, validate(values), values)
    for scope in scopes(values):
        yield from _chart_findings(rules, scope.own, facts)


def _schema_findings(
    rules: Sequence[Rule[Any]], validation: Validation, values: Values
) -> Iterator[Finding]:
    found = list(_findings(rules, Subject.VALIDATION, validation, values))
    yield from found
    if validation.is_cut:
        rule = found[0].rule if found else next(_of(rules, Subject.VALIDATION))
        yield _rest(resolve(rule, Problem((), ""), values))


def _chart_findings(
    rules: Sequence[Rule[Any]], values: Values, facts: Facts
) -> Iterator[Finding]:
    """What one chart's own rules and those on servers find, wherever its values lie in those of an umbrella."""
    yield from _findings(
        [rule for rule in rules if rule.charts], Subject.VALUES, values, values
    )
    spec = spec_of(values, facts)
    if spec is not None:
        yield from _findings(rules, Subject.SERVING_SPEC, spec, values)


def _without_echoes(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Without what the schema says of a path that another error already explains."""
    explained = {
        finding.path
        for finding in findings
        if not finding.rule.echoes
        and finding.rule.severity is Severity.ERROR
        and finding.path
    }
    above = {path[:end] for path in explained for end in range(len(path))}
    for finding in findings:
        path = finding.path
        if (
            finding.is_rest
            or not finding.rule.echoes
            or not (path in above or _begins_with_any(path, explained))
        ):
            yield finding


def _begins_with_any(path: KeyPath, others: AbstractSet[KeyPath]) -> bool:
    return any(path[:end] in others for end in range(1, len(path) + 1))


def _findings(
    rules: Sequence[Rule[Any]], subject: Subject, looked_at: object, values: Source
) -> Iterator[Finding]:
    for rule in _of(rules, subject):
        if not rule.charts or values.chart.name in rule.charts:
            yield from _first(
                resolve(rule, problem, values) for problem in rule.check(looked_at)
            )


def _first(findings: Iterator[Finding]) -> Iterator[Finding]:
    """What one rule finds in one target, up to the most that is listed, and then that there is more."""
    for number, finding in enumerate(findings):
        if number == MAX_FINDINGS:
            yield _rest(finding)
            return
        yield finding


def _rest(finding: Finding) -> Finding:
    """A finding in the place of all that are not listed."""
    return replace(finding, message=_MORE, help="", related=(), fixes=(), is_rest=True)


_MORE = f"more than {MAX_FINDINGS:,} findings: fix these to see the others"


def _of(rules: Sequence[Rule[Any]], subject: Subject) -> Iterator[Rule[Any]]:
    return (rule for rule in rules if rule.subject is subject)

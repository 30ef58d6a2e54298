"""The stages of linting one target: documents, values, schemas, servers, manifests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from helm_llm.document.document import Document
from helm_llm.facts import Facts
from helm_llm.keypath import KeyPath
from helm_llm.lint.chart_scope import scopes
from helm_llm.lint.finding import Finding
from helm_llm.lint.other_charts import rendered_specs
from helm_llm.lint.resolve import resolve, resolve_text
from helm_llm.lint.rule import MAX_FINDINGS, AnyRule, Problem, Severity, Subject
from helm_llm.lint.schema.validation import validate
from helm_llm.manifests.manifests import Render, manifests_of
from helm_llm.process import Running
from helm_llm.serving import spec_of
from helm_llm.serving.spec.source import Source
from helm_llm.values.layers import Values


class Stages(NamedTuple):
    """The rules of a run and the facts they know about the cluster."""

    rules: Sequence[AnyRule]
    facts: Facts

    def document_findings(self, document: Document) -> Iterator[Finding]:
        """Findings in the text of one values file."""
        for rule in rules_for(self.rules, Subject.DOCUMENT):
            problems = rule.check(document)
            findings = (resolve_text(rule, problem, document) for problem in problems)
            yield from at_most(findings)

    def values_findings(self, values: Values) -> Iterator[Finding]:
        """Findings in the merged values, and in the servers that they describe."""
        general = [rule for rule in self.rules if not rule.charts]
        yield from _apply(general, Subject.VALUES, values, values)
        yield from self._schema_findings(values)
        # A rule for one chart also holds for that chart as a subchart of an umbrella.
        for scope in scopes(values):
            yield from self._chart_findings(scope.own)

    def _schema_findings(self, values: Values) -> Iterator[Finding]:
        rules = rules_for(self.rules, Subject.VALIDATION)
        if not rules:
            return
        validation = validate(values)
        found = list(_apply(rules, Subject.VALIDATION, validation, values))
        yield from found
        if not validation.is_cut:
            return
        rule = rules[0]
        if found:
            rule = found[0].rule
        finding = resolve(rule, Problem((), ""), values)
        yield _rest(finding)

    def _chart_findings(self, values: Values) -> Iterator[Finding]:
        own = [rule for rule in self.rules if rule.charts]
        yield from _apply(own, Subject.VALUES, values, values)
        spec = spec_of(values, self.facts)
        if spec is not None:
            yield from _apply(self.rules, Subject.SERVING_SPEC, spec, values)

    def manifest_findings(
        self,
        values: Values,
        rendering: Running,
        render: Render | None,
        *,
        is_explained: bool,
    ) -> Iterator[Finding]:
        """Findings in what `helm template` printed; of a failure only if no other explains it."""
        manifests = manifests_of(rendering.result(), self.facts, values.tree)
        rules = self.rules
        # Helm's own error would repeat what a finding explains.
        if is_explained:
            rules = [rule for rule in rules if not rule.echoes]
        yield from _apply(rules, Subject.MANIFESTS, manifests, values)
        for spec in rendered_specs(values, manifests, self.facts, render):
            yield from _apply(self.rules, Subject.SERVING_SPEC, spec, spec.values)


def _apply(
    rules: Sequence[AnyRule], subject: Subject, checked: object, values: Source
) -> Iterator[Finding]:
    chart = values.chart.name
    for rule in rules_for(rules, subject):
        if rule.charts and chart not in rule.charts:
            continue
        problems = rule.check(checked)
        # One by one: what follows the last finding that is listed is never made.
        findings = (resolve(rule, problem, values) for problem in problems)
        yield from at_most(findings)


def rules_for(rules: Sequence[AnyRule], subject: Subject) -> list[AnyRule]:
    """The rules that check this kind of subject."""
    return [rule for rule in rules if rule.subject is subject]


def at_most(findings: Iterator[Finding]) -> Iterator[Finding]:
    """The first MAX_FINDINGS of one rule in one target, and one for all that follow."""
    for number, finding in enumerate(findings):
        if number == MAX_FINDINGS:
            yield _rest(finding)
            return
        yield finding


def _rest(finding: Finding) -> Finding:
    """A finding in the place of all that are not listed."""
    return replace(finding, message=_MORE, help="", related=(), fixes=(), is_rest=True)


_MORE = f"more than {MAX_FINDINGS:,} findings: fix these to see the others"


def without_echoes(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings but for those of the schema on a path that another error explains."""
    explained = {finding.path for finding in findings if _is_explanation(finding)}
    # A wrong key or item makes the schema refuse the maps and lists around it as well.
    around: set[KeyPath] = set()
    for path in explained:
        around.update(path[:end] for end in range(len(path)))
    for finding in findings:
        path = finding.path
        is_echo = finding.rule.echoes and not finding.is_rest
        if is_echo and (path in around or _is_inside(path, explained)):
            continue
        yield finding


def _is_explanation(finding: Finding) -> bool:
    if finding.rule.echoes or not finding.path:
        return False
    return finding.rule.severity is Severity.ERROR


def _is_inside(path: KeyPath, others: set[KeyPath]) -> bool:
    return any(path[:end] in others for end in range(1, len(path) + 1))

"""Helm or the API server refused the objects: what Helm printed says why."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.harness.evidence import Evidence
from helm_llm.harness.result import Diagnosis

# id, what Helm or the API server print, our sentence (with the groups of the pattern), what to do, the lint rule
_REFUSALS: tuple[tuple[str, str, str, str, str | None], ...] = (
    (
        "crd-missing",
        r'no matches for kind "(?P<kind>[^"]+)" in version "(?P<version>[^"]+)"',
        "the cluster does not know {kind} ({version}): its CustomResourceDefinition is not installed",
        "install the operator that brings {kind}, or turn off the value that renders it",
        None,
    ),
    (
        "webhook-unreachable",
        r'failed calling webhook "(?P<name>[^"]+)": (?P<why>.+)',
        "the API server cannot reach the admission webhook {name}, so it accepts no such object",
        "see whether the pods behind the webhook run; its operator may still be starting",
        None,
    ),
    (
        "webhook-denied",
        r'admission webhook "(?P<name>[^"]+)" denied the request: (?P<why>.+)',
        "the admission webhook {name} refuses an object: {why}",
        "change what it names, or ask for an exception",
        None,
    ),
    (
        "policy-denied",
        r"ValidatingAdmissionPolicy '(?P<name>[^']+)'.* denied request: (?P<why>.+)",
        "the admission policy {name} refuses an object: {why}",
        "change what it names, or ask for an exception",
        None,
    ),
    (
        "immutable-field",
        r'(?P<kind>\w+)[\w.]* "(?P<name>[^"]+)" is invalid: (?P<field>spec[\w.\[\]]*): .*field is immutable',
        "{kind} {name} cannot be upgraded in place: Kubernetes never changes {field}",
        "keep that value as it was installed, or delete {kind} {name} first and upgrade again",
        None,
    ),
    (
        "immutable-field",
        r'StatefulSet\.apps "(?P<name>[^"]+)" is invalid: .*updates to statefulset spec for fields other than',
        "StatefulSet {name} cannot be upgraded in place: only its replicas, template and update strategy may change",
        "`kubectl delete statefulset {name} --cascade=orphan`, then upgrade again: the pods and claims stay",
        None,
    ),
    (
        "immutable-field",
        r'PersistentVolumeClaim "(?P<name>[^"]+)" is invalid: .*spec is immutable after creation',
        "claim {name} cannot be upgraded in place: of a claim only the requested size may grow",
        "keep storage class, access mode and size as installed, or use a claim with another name",
        None,
    ),
    (
        "strategy-left-over",
        r'Deployment\.apps "(?P<name>[^"]+)" is invalid: spec\.strategy\.rollingUpdate: Forbidden',
        "Deployment {name} keeps the numbers of the rolling update it was installed with, and Recreate allows none",
        "`helm upgrade --server-side=false` once: server-side apply cannot remove what the API server filled in",
        None,
    ),
    (
        "owned-by-another",
        r'(?P<kind>\w+) "(?P<name>[^"]+)" in namespace "[^"]*" exists and cannot be imported',
        "{kind} {name} is there already and belongs to no or another release",
        "choose another release name or fullnameOverride, or delete it",
        None,
    ),
    (
        "upgrade-pending",
        r"another operation \(install/upgrade/rollback\) is in progress",
        "Helm holds the release for an operation that never ended",
        "`helm rollback` to the last good revision, or uninstall; then try again",
        None,
    ),
    (
        "kubernetes-version",
        r"chart requires kubeVersion: (?P<wanted>.+?) which is incompatible with Kubernetes (?P<found>\S+)",
        "the chart needs Kubernetes {wanted}, the cluster runs {found}",
        "use another cluster, or a version of the chart for this one",
        None,
    ),
    (
        "values-refused",
        r"values don't meet the specifications of the schema",
        "the chart's schema refuses the values",
        "`helm llm lint` shows each place in your own file",
        "schema",
    ),
    (
        "hook-failed",
        r"(?:pre|post)-(?:install|upgrade) hooks? failed|failed (?:pre|post)-(?:install|upgrade)",
        "a hook of the chart failed before or after its objects were installed",
        "look at the logs of the hook's Job",
        None,
    ),
    (
        "forbidden",
        r'(?P<who>User "[^"]+") cannot (?P<verb>\w+) resource "(?P<resource>[^"]+)"',
        "{who} may not {verb} {resource} here",
        "ask for that right, or use another context or namespace",
        None,
    ),
    (
        "template-failed",
        r"execution error at \((?P<file>[^)]+)\): (?P<why>.+)",
        "the chart refuses the values in {file}: {why}",
        "change the values it names",
        "template-failed",
    ),
)


def install_refused(evidence: Evidence) -> Iterator[Diagnosis]:
    """Helm failed: by the reasons we know, else in Helm's own words."""
    if not evidence.helm:
        return
    lines = tuple(line.strip() for line in evidence.helm.splitlines() if line.strip())
    for cause, pattern, sentence, cure, rule in _REFUSALS:
        match = re.search(pattern, evidence.helm)
        if match:
            found = {name: value.strip() for name, value in match.groupdict().items()}
            yield Diagnosis(
                cause,
                sentence.format(**found),
                _errors(lines),
                cure.format(**found),
                rule,
            )
            return
    yield Diagnosis(
        "install-failed", "Helm could not install the chart", _errors(lines)
    )


def _errors(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        line
        for line in lines
        if not line.startswith(("level=", "W1", "I1", "WARNING:"))
    )[-6:]

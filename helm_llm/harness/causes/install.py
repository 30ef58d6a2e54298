"""Installations that Helm or the API server refuses, by what Helm printed."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.harness.causes.patterns import Pattern, find_known
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.result import Diagnosis

_LINES = 6
_NOISE = "level=", "W1", "I1", "WARNING:"
"""How lines begin that Helm and its libraries log besides the error."""

PATTERNS = (
    # What the cluster lacks or forbids.
    Pattern(
        "crd-missing",
        r'no matches for kind "(?P<kind>[^"]+)" in version "(?P<version>[^"]+)"',
        "the cluster does not know {kind} ({version}): its CustomResourceDefinition is not installed",
        "install the operator that brings {kind}, or turn off the value that renders it",
    ),
    Pattern(
        "webhook-unreachable",
        r'failed calling webhook "(?P<name>[^"]+)": (?P<why>.+)',
        "the API server cannot reach the admission webhook {name}, so it rejects the object",
        "see whether the pods behind the webhook run; its operator may still be starting",
    ),
    Pattern(
        "webhook-denied",
        r'admission webhook "(?P<name>[^"]+)" denied the request: (?P<why>.+)',
        "the admission webhook {name} rejects an object: {why}",
        "change what it names, or ask for an exception",
    ),
    Pattern(
        "policy-denied",
        r"ValidatingAdmissionPolicy '(?P<name>[^']+)'.* denied request: (?P<why>.+)",
        "the admission policy {name} rejects an object: {why}",
        "change what it names, or ask for an exception",
    ),
    # Fields that cannot change in an upgrade.
    Pattern(
        "immutable-field",
        r'(?P<kind>\w+)[\w.]* "(?P<name>[^"]+)" is invalid: (?P<field>spec[\w.\[\]]*): .*field is immutable',
        "{kind} {name} cannot be upgraded in place: Kubernetes never changes {field}",
        "keep that value as it was installed, or delete {kind} {name} first and upgrade again",
    ),
    Pattern(
        "immutable-field",
        r'StatefulSet\.apps "(?P<name>[^"]+)" is invalid: .*updates to statefulset spec for fields other than',
        "StatefulSet {name} cannot be upgraded in place: only its replicas, template and update strategy can change",
        "`kubectl delete statefulset {name} --cascade=orphan`, then upgrade again: the pods and claims stay",
    ),
    Pattern(
        "immutable-field",
        r'PersistentVolumeClaim "(?P<name>[^"]+)" is invalid: .*spec is immutable after creation',
        "claim {name} cannot be upgraded in place: only its requested size can grow",
        "keep storage class, access mode and size as installed, or use a claim with another name",
    ),
    Pattern(
        "strategy-left-over",
        r'Deployment\.apps "(?P<name>[^"]+)" is invalid: spec\.strategy\.rollingUpdate: Forbidden',
        "Deployment {name} still has the rolling update settings of its install, but strategy Recreate allows none",
        "`helm upgrade --server-side=false` once: server-side apply cannot remove what the API server filled in",
    ),
    # The state of the release, and the chart itself.
    Pattern(
        "owned-by-another",
        r'(?P<kind>\w+) "(?P<name>[^"]+)" in namespace "[^"]*" exists and cannot be imported',
        "{kind} {name} already exists and does not belong to this release",
        "choose another release name or fullnameOverride, or delete it",
    ),
    Pattern(
        "upgrade-pending",
        r"another operation \(install/upgrade/rollback\) is in progress",
        "Helm has locked the release for an operation that never finished",
        "`helm rollback` to the last good revision, or uninstall; then try again",
    ),
    Pattern(
        "kubernetes-version",
        r"chart requires kubeVersion: (?P<wanted>.+?) which is incompatible with Kubernetes (?P<found>\S+)",
        "the chart needs Kubernetes {wanted}, but the cluster runs {found}",
        "use another cluster, or a version of the chart for this one",
    ),
    Pattern(
        "values-refused",
        r"values don't meet the specifications of the schema",
        "the chart's schema rejects the values",
        "`helm llm lint` shows each place in your own file",
        "schema",
    ),
    Pattern(
        "hook-failed",
        r"(?:pre|post)-(?:install|upgrade) hooks? failed|failed (?:pre|post)-(?:install|upgrade)",
        "a hook of the chart failed before or after its objects were installed",
        "look at the logs of the hook's Job",
    ),
    Pattern(
        "forbidden",
        r'(?P<who>User "[^"]+") cannot (?P<verb>\w+) resource "(?P<resource>[^"]+)"',
        "{who} is not allowed to {verb} {resource} here",
        "ask for that right, or use another context or namespace",
    ),
    Pattern(
        "template-failed",
        r"execution error at \((?P<file>[^)]+)\): (?P<why>.+)",
        "the chart rejects the values in {file}: {why}",
        "change the values it names",
        "template-failed",
    ),
)


def install_refusal(evidence: Evidence) -> Iterator[Diagnosis]:
    """Helm failed for a known reason, or for one that only its own words explain."""
    if not evidence.helm:
        return
    lines = _error_lines(evidence.helm)
    for known in find_known(PATTERNS, evidence.helm, lines):
        yield known
        return
    yield Diagnosis("install-failed", "Helm could not install the chart", lines)


def _error_lines(output: str) -> tuple[str, ...]:
    lines = map(str.strip, output.splitlines())
    errors = [line for line in lines if line and not line.startswith(_NOISE)]
    return tuple(errors[-_LINES:])

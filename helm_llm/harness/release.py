"""A release as Helm knows it, and the server in its pods."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from helm_llm import masking
from helm_llm.errors import ToolError, UsageError
from helm_llm.harness.context import Site
from helm_llm.harness.deadline import Deadline, pause
from helm_llm.harness.endpoint import Endpoint
from helm_llm.harness.entry_service import entry
from helm_llm.harness.evidence import belongs
from helm_llm.harness.objects import labels_of
from helm_llm.harness.probes import Subject
from helm_llm.harness.ready import Watch, time_allowed
from helm_llm.harness.result import Failed
from helm_llm.harness.server_in_pod import KeySource, Served, served
from helm_llm.manifests.manifests import Manifests
from helm_llm.masking.secret import Secret
from helm_llm.masking.tree import secrets_of_tree
from helm_llm.typed import at, mappings, number, text

Object = Mapping[str, Any]

_INDEX = re.compile("[0-9]{1,9}")
_INDICES = (
    "leaderworkerset.sigs.k8s.io/worker-index",
    "training.kubeflow.org/replica-index",
)


@dataclass(frozen=True, slots=True)
class Release:
    """An installed release."""

    site: Site
    name: str
    objects: tuple[Object, ...] = field(repr=False)
    hooks: tuple[Object, ...] = field(repr=False)
    revision: int

    def wait(self, seconds: float | None) -> str:
        """Until its workloads are ready."""
        return self.watch().until_ready(self.allowed(seconds))

    def allowed(self, seconds: float | None) -> float:
        """How long its start may take: what the user says, else what its probes say."""
        return seconds or time_allowed(self.objects)

    def watch(self) -> Watch:
        """A new wait for its workloads."""
        return Watch(self.site, self.name, self.objects)

    def subject(self) -> Subject:
        """Its server, to be asked through a port-forward; close its endpoint."""
        pod = self._server_pod()
        server = served(pod)
        way = entry(pod, self.site.api.get("services"), server)
        key = self._key(server)
        return Subject(
            Endpoint(
                self.site.kubectl, way, tls=server.tls, base=server.root_path, key=key
            ),
            server,
        )

    def _server_pod(self) -> Object:
        pods = [
            pod
            for pod in self.site.api.get("pods")
            if belongs(pod, self.name, self.objects)
        ]
        running = [pod for pod in pods if text(pod, "status", "phase") == "Running"]
        if not running:
            raise Failed(f"release {self.name} runs no pod")
        return min(running, key=lambda pod: (_index(pod), _name_rank(pod)))

    def _key(self, server: Served) -> str:
        return _key(self.site, server.key) if server.key else ""


def _index(pod: Object) -> int:
    """In a group of pods the first one serves."""
    given = (text(labels_of(pod), label) for label in _INDICES)
    return next((int(index) for index in given if _INDEX.fullmatch(index)), 0)


def _name_rank(pod: Object) -> bool:
    """A pod that declares ports rather than one that does not."""
    return not any(
        mappings(container, "ports")
        for container in mappings(pod, "spec", "containers")
    )


def _key(site: Site, source: KeySource) -> str:
    if source.text:
        masking.learn(lambda: [Secret(source.text)])
        return _sendable(source.text, "the API key of the pod")
    secret = site.api.find("secrets", source.secret)
    encoded = at(secret, "data", source.key)
    masking.learn(lambda: secrets_of_tree(secret))
    if encoded is None and source.certain:
        what = f"has no key {source.key}" if secret else "is not there"
        raise Failed(
            f"the API key is to come from Secret {source.secret}, which {what}"
        )
    return _sendable(
        _decoded(encoded), f"the API key in Secret {source.secret}, key {source.key},"
    )


def _decoded(encoded: Any) -> str:
    """One character for each byte; nothing that can be sent for what is no base64."""
    try:
        return base64.b64decode(encoded or "").decode("latin-1")
    except (TypeError, ValueError):
        return "\0"


def _sendable(key: str, what: str) -> str:
    """Clients send it in a header, which holds printable ASCII; raises Failed, without the key, for another."""
    sent = key.strip()
    if not (sent.isascii() and sent.isprintable()):
        raise Failed(
            f"{what} holds characters that no client can send: use printable ASCII"
        )
    return key


def find(site: Site, name: str, seconds: float = 0) -> Release:
    """A release that is installed; waits while Helm is still at it."""
    deadline = Deadline.after(seconds)
    while True:
        status = site.releases.status(name)
        if status is None:
            raise UsageError(
                f"there is no release {name} in {_where(site)}: `helm list -A` shows where it is"
            )
        state = text(status, "info", "status")
        if not state:
            raise ToolError(
                f"`helm status {name}` does not say how the release is: is {site.tools.helm.binary} Helm?"
            )
        if not state.startswith("pending") or deadline.passed:
            break
        site.say(f"release {name} is {state}")
        pause(2)
    if state.startswith("pending") or state in ("uninstalling", "uninstalled"):
        raise Failed(
            f"release {name} is {state}: `helm history {name}` shows what happened"
        )
    hooks = [
        found
        for hook in mappings(status, "hooks")
        for found in _objects(name, text(hook, "manifest"))
    ]
    objects = _objects(name, text(status, "manifest"))
    masking.learn(lambda: secrets_of_tree([*objects, *hooks]))
    return Release(site, name, objects, tuple(hooks), number(status, "version"))


def _objects(name: str, manifest: str) -> tuple[Object, ...]:
    """The objects of a release, or of one of its hooks."""
    manifests = Manifests(manifest)
    if manifests.error is not None:
        raise ToolError(
            f"the manifest that Helm keeps of release {name}: {manifests.error}"
        )
    return manifests.objects


def _where(site: Site) -> str:
    context = f" of context {site.access.context}" if site.access.context else ""
    return f"namespace {site.namespace}{context}"

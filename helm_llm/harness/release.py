"""A release as Helm stores it, and the server in its pods."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field

from helm_llm import masking
from helm_llm.errors import ToolError, UsageError
from helm_llm.harness.context import Context
from helm_llm.harness.deadline import Deadline, pause
from helm_llm.harness.endpoint import Endpoint
from helm_llm.harness.entry_service import find_entry
from helm_llm.harness.objects import labels_of
from helm_llm.harness.own_pods import belongs_to
from helm_llm.harness.probes import Subject
from helm_llm.harness.ready import Watch, default_time_limit
from helm_llm.harness.result import Failed
from helm_llm.harness.server_in_pod import KeySource, server_in_pod
from helm_llm.manifests.manifests import Manifests
from helm_llm.masking.secret import Secret
from helm_llm.masking.tree import secrets_of_tree
from helm_llm.typed import Object, at, mappings, number, text

_INDEX = re.compile("[0-9]{1,9}")
_INDEX_LABELS = (
    "leaderworkerset.sigs.k8s.io/worker-index",
    "training.kubeflow.org/replica-index",
)


@dataclass(frozen=True, slots=True)
class Release:
    """An installed release."""

    context: Context
    name: str
    objects: tuple[Object, ...] = field(repr=False)
    hooks: tuple[Object, ...] = field(repr=False)
    revision: int

    def wait_until_ready(self, seconds: float | None) -> str:
        """Wait for its workloads, up to `time_limit`; return their names."""
        return self.watch().until_ready(self.time_limit(seconds))

    def time_limit(self, seconds: float | None) -> float:
        """Seconds its start may take: those of the user, or what its probes allow."""
        return seconds or default_time_limit(self.objects)

    def watch(self) -> Watch:
        """Start a new watch of its workloads."""
        return Watch(self.context, self.name, self.objects)

    def subject(self) -> Subject:
        """Return its server behind a port-forward; the caller closes the endpoint."""
        pod = self._server_pod()
        server = server_in_pod(pod)
        entry = find_entry(pod, self.context.api.get("services"), server)
        key = _read_key(self.context, server.key) if server.key else ""
        endpoint = Endpoint(
            self.context.kubectl,
            entry,
            tls=server.tls,
            base=server.root_path,
            key=key,
        )
        return Subject(endpoint, server)

    def _server_pod(self) -> Object:
        running: list[Object] = []
        for pod in self.context.api.get("pods"):
            is_own = belongs_to(pod, self.name, self.objects)
            if is_own and text(pod, "status", "phase") == "Running":
                running.append(pod)
        if not running:
            raise Failed(f"release {self.name} has no running pod")
        return min(running, key=lambda pod: (_group_index(pod), not _has_ports(pod)))


def _group_index(pod: Object) -> int:
    # In a group of pods, only the first one serves the API.
    for label in _INDEX_LABELS:
        index = text(labels_of(pod), label)
        if _INDEX.fullmatch(index):
            return int(index)
    return 0


def _has_ports(pod: Object) -> bool:
    containers = mappings(pod, "spec", "containers")
    return any(mappings(container, "ports") for container in containers)


def _read_key(context: Context, source: KeySource) -> str:
    if source.text:
        masking.learn(lambda: [Secret(source.text)])
        return _check_key(source.text, "the API key of the pod")
    secret = context.api.find("secrets", source.secret)
    encoded = at(secret, "data", source.key)
    masking.learn(lambda: secrets_of_tree(secret))
    if encoded is None and source.certain:
        problem = f"has no key {source.key}" if secret else "does not exist"
        raise Failed(f"the API key comes from Secret {source.secret}, which {problem}")
    name = f"the API key in Secret {source.secret}, key {source.key},"
    return _check_key(_decode(encoded), name)


def _decode(encoded: object) -> str:
    """Return one character for each byte, or an invalid key if it is not base64."""
    if not isinstance(encoded, str):
        return "\0" if encoded else ""
    try:
        return base64.b64decode(encoded).decode("latin-1")
    except ValueError:
        return "\0"


def _check_key(key: str, name: str) -> str:
    """Return the key if a client can send it; raises Failed, without the key."""
    sent = key.strip()
    if not (sent.isascii() and sent.isprintable()):
        # An HTTP header can contain nothing else.
        raise Failed(
            f"{name} contains characters that clients cannot send: use printable ASCII"
        )
    return key


def find_release(context: Context, name: str, seconds: float = 0) -> Release:
    """Find an installed release; wait while Helm is still working on it.

    Raises UsageError if there is none, and Failed if it is not installed after
    `seconds`.
    """
    deadline = Deadline.after(seconds)
    while True:
        status = context.releases.status(name)
        if status is None:
            raise UsageError(
                f"there is no release {name} in {_describe_namespace(context)}: "
                "`helm list -A` shows where it is"
            )
        state = text(status, "info", "status")
        if not state:
            raise ToolError(
                f"`{context.tools.helm.binary} status {name}` printed no status of the "
                "release; is it Helm?"
            )
        if not state.startswith("pending"):
            break
        if deadline.has_passed:
            break
        context.progress(f"release {name} is {state}")
        pause(2)
    if state.startswith(("pending", "uninstall")):
        raise Failed(
            f"release {name} is {state}: `helm history {name}` shows what happened"
        )
    return _release(context, name, status)


def _release(context: Context, name: str, status: Object) -> Release:
    objects = _parse_manifest(name, text(status, "manifest"))
    hooks: list[Object] = []
    for hook in mappings(status, "hooks"):
        hooks += _parse_manifest(name, text(hook, "manifest"))
    masking.learn(lambda: secrets_of_tree([*objects, *hooks]))
    revision = number(status, "version")
    return Release(context, name, objects, tuple(hooks), revision)


def _parse_manifest(release: str, manifest: str) -> tuple[Object, ...]:
    manifests = Manifests(manifest)
    if manifests.error is not None:
        raise ToolError(
            f"the manifest that Helm stores for release {release}: {manifests.error}"
        )
    return manifests.objects


def _describe_namespace(context: Context) -> str:
    namespace, kube_context = context.namespace, context.access.context
    if not kube_context:
        return f"namespace {namespace}"
    return f"namespace {namespace} of context {kube_context}"

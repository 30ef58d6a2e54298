"""The cluster of a run: the user's current one, or a temporary kind cluster."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from helm_llm.errors import ToolError, UsageError
from helm_llm.harness.context import Context
from helm_llm.harness.created import Cluster, Namespace
from helm_llm.harness.deadline import Deadline, pause
from helm_llm.harness.ledger import Ledger
from helm_llm.harness.objects import name_of
from helm_llm.harness.simulate import curl_image, simulator_image
from helm_llm.quantity import quantity
from helm_llm.tools.kind import PROXIES
from helm_llm.tools.kubectl import Access, Unanswered
from helm_llm.tools.proxy import Proxy
from helm_llm.typed import mapping, text

# What kind writes into the providerID of its nodes.
_PROVIDER = re.compile(r"kind://[^/]*/(?P<cluster>[A-Za-z0-9][A-Za-z0-9._-]*)/[^/]+")
_ACCOUNT_SECONDS = 180

RUN_LABEL = "helm-llm.io/run"


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """Options of a run for its cluster; texts are empty where the user gave none."""

    kind: bool
    """Whether to create a kind cluster."""
    kind_image: str
    kind_config: str
    simulate: bool


def prepare_cluster(
    context: Context, ledger: Ledger, options: ClusterOptions, stack: ExitStack
) -> Context:
    """Return the context in the cluster of the run.

    With `simulate` its nodes have the images of the simulator. `stack` deletes a
    cluster that is created here.
    """
    if options.kind:
        _check_docker(context)
        kind_cluster = create_kind_cluster(context, ledger, options)
        context = stack.enter_context(kind_cluster)
        wait_for_service_account(context.in_namespace("default"))
    elif options.simulate:
        name = find_kind_cluster(context)
        if not name:
            raise UsageError(
                "--simulate adds GPUs to the nodes that do not exist: "
                "it needs --kind, or a kind cluster"
            )
        context = context.with_cluster(context.access, context.proxy, name)
    if options.simulate:
        load_images(context, (simulator_image(), curl_image()))
    return context


def _check_docker(context: Context) -> None:
    # kind has a long deadline for a daemon that hangs. With another provider, such as
    # podman, docker need not run at all.
    docker = context.tools.docker
    if docker and not os.environ.get("KIND_EXPERIMENTAL_PROVIDER"):
        docker.check()


@contextmanager
def create_kind_cluster(
    context: Context, ledger: Ledger, options: ClusterOptions
) -> Iterator[Context]:
    """Create a kind cluster for the block; yield the context in it."""
    kind = context.tools.kind
    assert kind  # noqa: S101 - find_tools found it
    name, kubeconfig = f"helm-llm-{ledger.id}", str(ledger.directory / "kubeconfig")
    flags = {"--image": options.kind_image, "--config": options.kind_config}
    arguments = [f"{flag}={value}" for flag, value in flags.items() if value]
    # Simulated engines download nothing, so the nodes do not need our proxies.
    without = PROXIES if options.simulate else ()
    with ledger.hold(Cluster(kind.binary, name, kubeconfig)):
        context.progress(f"kind create cluster --name {name}")
        kind.create(name, kubeconfig, arguments, without)
        access = Access(kubeconfig, f"kind-{name}")
        socket = ledger.directory / "kind-api"
        with Proxy(context.tools.kubectl, access, socket) as proxy:
            yield context.with_cluster(access, proxy, name, owned=True)


def find_kind_cluster(context: Context) -> str:
    """Return the name of the current kind cluster, empty for any other cluster."""
    names: set[str] = set()
    for node in context.api.get("nodes"):
        provider = _PROVIDER.fullmatch(text(node, "spec", "providerID"))
        names.add(provider["cluster"] if provider else "")
    return names.pop() if len(names) == 1 else ""


@contextmanager
def use_namespace(context: Context, ledger: Ledger, name: str) -> Iterator[Context]:
    """Use a namespace for the block.

    One that does not exist is created. It is deleted after the block, unless its
    whole cluster is.
    """
    if context.api.find("namespaces", name):
        yield context.in_namespace(name, owned=context.owns_cluster)
        return
    place = context.in_namespace(name, owned=True)
    with ExitStack() as stack:
        if not context.owns_cluster:
            resource = Namespace(context.tools.kubectl, context.access, name)
            stack.enter_context(ledger.hold(resource))
        _create_namespace(place, ledger)
        yield place


def _create_namespace(context: Context, ledger: Ledger) -> None:
    metadata = {"name": context.namespace, "labels": {RUN_LABEL: ledger.id}}
    context.kubectl.create(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    )


def wait_for_service_account(context: Context) -> None:
    """Wait for the default ServiceAccount of the namespace, which every pod needs.

    Kubernetes creates it a moment after the namespace.
    """
    deadline = Deadline.after(_ACCOUNT_SECONDS)
    while not _has_service_account(context):
        if deadline.has_passed:
            raise ToolError(
                f"namespace {context.namespace} has no default ServiceAccount "
                f"after {_ACCOUNT_SECONDS} s"
            )
        context.progress(
            f"waiting for the default ServiceAccount of {context.namespace}"
        )
        pause(0.5)


def _has_service_account(context: Context) -> bool:
    try:
        return context.api.find("serviceaccounts", "default") is not None
    except Unanswered:
        return False


def load_images(context: Context, images: Sequence[str]) -> None:
    """Copy images of the local docker daemon to the nodes."""
    docker, kind = context.tools.docker, context.tools.kind
    assert docker is not None  # noqa: S101 - find_tools found both
    assert kind is not None  # noqa: S101
    missing = [image for image in images if not docker.has_image(image)]
    if missing:
        raise UsageError(
            f"docker has no image {' and no '.join(missing)}: "
            "build it from helm_llm/simulator/Dockerfile, or name others with "
            "HELM_LLM_SIMULATOR_IMAGE and HELM_LLM_CURL_IMAGE"
        )
    context.progress(f"kind load docker-image {' '.join(images)}")
    kind.load(context.kind_cluster, images)


def advertise_resources(context: Context, resources: Mapping[str, int]) -> None:
    """Make every node offer at least these amounts of extended resources.

    The kubelet leaves resources alone that no device plugin of its own reports.
    """
    for node in context.api.get("nodes"):
        capacity = mapping(node, "status", "capacity")
        amounts: dict[str, str] = {}
        for name, amount in resources.items():
            if (quantity(capacity.get(name)) or 0) < amount:
                amounts[name] = str(amount)
        if amounts:
            status = {"capacity": amounts, "allocatable": amounts}
            context.kubectl.patch_status("node", name_of(node), {"status": status})

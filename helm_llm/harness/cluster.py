"""The cluster of a run: the user's current one, or a throw-away one of kind's."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from helm_llm.errors import ToolError, UsageError
from helm_llm.harness.context import Site
from helm_llm.harness.created import Cluster, Namespace
from helm_llm.harness.deadline import Deadline, pause
from helm_llm.harness.ledger import Ledger
from helm_llm.harness.objects import name_of
from helm_llm.harness.simulate import curl_image, simulator_image
from helm_llm.quantity import quantity
from helm_llm.tools.api import Proxy
from helm_llm.tools.kind import PROXIES
from helm_llm.tools.kubectl import Access, Unanswered
from helm_llm.typed import mapping, text

Object = Mapping[str, Any]

_PROVIDER = re.compile(r"kind://[^/]*/(?P<cluster>[A-Za-z0-9][A-Za-z0-9._-]*)/[^/]+")
_ACCOUNT_SECONDS = 180

RUN_LABEL = "helm-llm.io/run"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run wants of its cluster."""

    kind: bool
    kind_image: str
    kind_config: str
    simulate: bool


def prepared(site: Site, ledger: Ledger, wanted: Wanted, stack: ExitStack) -> Site:
    """The cluster, with the simulator's images where they are wanted."""
    if wanted.kind:
        # kind itself would wait for a daemon that hangs until its own, long, deadline
        if site.tools.docker and not os.environ.get("KIND_EXPERIMENTAL_PROVIDER"):
            site.tools.docker.check()
        site = stack.enter_context(throw_away(site, ledger, wanted))
        settle(site.at("default"))
    elif wanted.simulate:
        site = site.on(site.access, site.proxy, kind_cluster_of(site))
        if not site.kind_cluster:
            raise UsageError(
                "--simulate gives nodes GPUs that are not there: it needs --kind, or a kind cluster"
            )
    if wanted.simulate:
        load_images(site, (simulator_image(), curl_image()))
    return site


@contextmanager
def throw_away(site: Site, ledger: Ledger, wanted: Wanted) -> Iterator[Site]:
    """A new kind cluster; simulated engines fetch nothing, so that no node gets this machine's proxies."""
    assert site.tools.kind  # noqa: S101 - found with the other tools
    name, kubeconfig = f"helm-llm-{ledger.id}", str(ledger.directory / "kubeconfig")
    given = {"--image": wanted.kind_image, "--config": wanted.kind_config}
    arguments = [f"{flag}={value}" for flag, value in given.items() if value]
    with ledger.hold(Cluster(site.tools.kind.binary, name, kubeconfig)):
        site.say(f"kind create cluster --name {name}")
        site.tools.kind.create(
            name, kubeconfig, arguments, PROXIES if wanted.simulate else ()
        )
        access = Access(kubeconfig, f"kind-{name}")
        with Proxy(site.tools.kubectl, access, ledger.directory / "kind-api") as proxy:
            yield site.on(access, proxy, name, own=True)


def kind_cluster_of(site: Site) -> str:
    """The name of the kind cluster that the current context leads to, empty for every other cluster."""
    nodes = site.api.get("nodes")
    providers = [
        _PROVIDER.fullmatch(text(node, "spec", "providerID")) for node in nodes
    ]
    names = {provider["cluster"] if provider else "" for provider in providers}
    return names.pop() if len(names) == 1 else ""


@contextmanager
def namespace(site: Site, ledger: Ledger, name: str) -> Iterator[Site]:
    """A namespace: used when it is there, else made, and removed unless its whole cluster goes."""
    if site.api.find("namespaces", name):
        yield site.at(name, own=site.own_cluster)
        return
    place = site.at(name, own=True)
    thing = Namespace(site.tools.kubectl, site.access, name)
    with nullcontext() if site.own_cluster else ledger.hold(thing):
        _make_namespace(place, ledger)
        yield place


def _make_namespace(site: Site, ledger: Ledger) -> None:
    metadata = {"name": site.namespace, "labels": {RUN_LABEL: ledger.id}}
    site.kubectl.create({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})


def settle(site: Site) -> None:
    """Wait for what every pod needs: the default ServiceAccount comes a moment after its namespace."""
    deadline = Deadline.after(_ACCOUNT_SECONDS)
    while not _has_account(site):
        if deadline.passed:
            raise ToolError(
                f"namespace {site.namespace} has no default ServiceAccount after {_ACCOUNT_SECONDS} s"
            )
        site.say(f"waiting for the default ServiceAccount of {site.namespace}")
        pause(0.5)


def _has_account(site: Site) -> bool:
    try:
        return site.api.find("serviceaccounts", "default") is not None
    except Unanswered:
        return False


def load_images(site: Site, images: Sequence[str]) -> None:
    """Copy images of this machine to the nodes."""
    docker, kind = site.tools.docker, site.tools.kind
    assert docker is not None  # noqa: S101 - found with the other tools
    assert kind is not None  # noqa: S101 - as above
    missing = [image for image in images if not docker.has_image(image)]
    if missing:
        raise UsageError(
            f"docker has no image {' and no '.join(missing)}: build it from helm_llm/simulator/Dockerfile, "
            "or name others with HELM_LLM_SIMULATOR_IMAGE and HELM_LLM_CURL_IMAGE"
        )
    site.say(f"kind load docker-image {' '.join(images)}")
    kind.load(site.kind_cluster, images)


def advertise(site: Site, resources: Mapping[str, int]) -> None:
    """Let every node offer at least so much of extended resources; the kubelet keeps what it does not manage itself."""
    for node in site.api.get("nodes"):
        there = mapping(node, "status", "capacity")
        amounts = {
            name: str(amount)
            for name, amount in resources.items()
            if (quantity(there.get(name)) or 0) < amount
        }
        if amounts:
            site.kubectl.patch_status(
                "node",
                name_of(node),
                {"status": {"capacity": amounts, "allocatable": amounts}},
            )

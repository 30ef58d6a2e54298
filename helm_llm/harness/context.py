"""Where a case runs: the tools, the cluster, the namespace, and who is told of its progress."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from helm_llm.process import ToolMissing
from helm_llm.tools.api import Api, Proxy
from helm_llm.tools.docker import Docker
from helm_llm.tools.helm import Helm
from helm_llm.tools.helm_release import Releases
from helm_llm.tools.kind import Kind
from helm_llm.tools.kubectl import Access, Kubectl


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs of a run; docker and kind only where a kind cluster is made or simulated on."""

    helm: Helm
    kubectl: str
    docker: Docker | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """One namespace of one cluster; `kind_cluster` is empty where it is none of kind's."""

    tools: Tools
    access: Access
    proxy: Proxy
    namespace: str
    say: Callable[[str], None]
    kind_cluster: str = ""
    own_cluster: bool = False
    """Whether the cluster goes at the end, with everything in it."""
    own_namespace: bool = False
    """Whether the namespace goes at the end, with everything in it."""

    @property
    def api(self) -> Api:
        """What is in this namespace."""
        return Api(self.proxy, self.namespace)

    @property
    def kubectl(self) -> Kubectl:
        """kubectl in this namespace."""
        return Kubectl(self.tools.kubectl, self.access, self.namespace)

    @property
    def releases(self) -> Releases:
        """Helm in this namespace."""
        return Releases(self.tools.helm, self.access, self.namespace)

    def on(
        self, access: Access, proxy: Proxy, kind_cluster: str, *, own: bool = False
    ) -> Site:
        """Another cluster."""
        return replace(
            self, access=access, proxy=proxy, kind_cluster=kind_cluster, own_cluster=own
        )

    def telling(self, say: Callable[[str], None]) -> Site:
        """The same place, another listener."""
        return replace(self, say=say)

    def at(self, namespace: str, *, own: bool = False) -> Site:
        """The same cluster, another namespace."""
        return replace(self, namespace=namespace, own_namespace=own)


def find_tools(*, with_kind: bool) -> Tools:
    """Every program a run needs; all that are missing are named at once."""
    programs = {"helm": os.environ.get("HELM_BIN") or "helm", "kubectl": "kubectl"}
    if with_kind:
        programs |= {"docker": "docker", "kind": "kind"}
    found = {name: shutil.which(program) or "" for name, program in programs.items()}
    missing = [name for name, path in found.items() if not path]
    if missing:
        raise ToolMissing(
            " and ".join(missing), "install what is missing, or put it on PATH"
        )
    docker, kind = found.get("docker"), found.get("kind")
    helm = Helm(str(Path(found["helm"]).absolute()))
    return Tools(
        helm,
        found["kubectl"],
        Docker(docker) if docker else None,
        Kind(kind) if kind else None,
    )

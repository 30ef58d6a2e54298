"""Where a case runs: the tools, the cluster, the namespace, and its progress line."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from helm_llm.process import ToolMissing
from helm_llm.tools.api import Api
from helm_llm.tools.docker import Docker
from helm_llm.tools.helm import Helm
from helm_llm.tools.helm_release import Releases
from helm_llm.tools.kind import Kind
from helm_llm.tools.kubectl import Access, Kubectl
from helm_llm.tools.proxy import Proxy


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs of a run; docker and kind only if it uses a kind cluster."""

    helm: Helm
    kubectl: str
    docker: Docker | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """One namespace of one cluster."""

    tools: Tools
    access: Access
    proxy: Proxy
    namespace: str
    progress: Callable[[str], None]
    """Shows what the case is waiting for."""
    kind_cluster: str = ""
    """Name of the kind cluster, empty for any other cluster."""
    owns_cluster: bool = False
    """Whether the cluster, with everything in it, is deleted at the end."""
    owns_namespace: bool = False
    """Whether the namespace, with everything in it, is deleted at the end."""

    @property
    def api(self) -> Api:
        """The API server, for objects of this namespace."""
        return Api(self.proxy, self.namespace)

    @property
    def kubectl(self) -> Kubectl:
        """kubectl in this namespace."""
        return Kubectl(self.tools.kubectl, self.access, self.namespace)

    @property
    def releases(self) -> Releases:
        """Helm in this namespace."""
        return Releases(self.tools.helm, self.access, self.namespace)

    def with_cluster(
        self, access: Access, proxy: Proxy, kind_cluster: str, *, owned: bool = False
    ) -> Context:
        """Return the same context in another cluster."""
        return replace(
            self,
            access=access,
            proxy=proxy,
            kind_cluster=kind_cluster,
            owns_cluster=owned,
        )

    def with_progress(self, progress: Callable[[str], None]) -> Context:
        """Return the same context with another progress line."""
        return replace(self, progress=progress)

    def in_namespace(self, namespace: str, *, owned: bool = False) -> Context:
        """Return the same context in another namespace."""
        return replace(self, namespace=namespace, owns_namespace=owned)


def find_tools(*, with_kind: bool) -> Tools:
    """Find every program of a run; ToolMissing names all that are missing at once."""
    # Helm sets HELM_BIN for its plugins.
    programs = {"helm": os.environ.get("HELM_BIN") or "helm", "kubectl": "kubectl"}
    if with_kind:
        programs |= {"docker": "docker", "kind": "kind"}
    paths = {name: shutil.which(program) or "" for name, program in programs.items()}
    missing = [name for name, path in paths.items() if not path]
    if missing:
        raise ToolMissing(
            " and ".join(missing), "install what is missing, or put it on PATH"
        )
    # A relative path would depend on the working directory of the program.
    helm = Helm(str(Path(paths["helm"]).absolute()))
    if not with_kind:
        return Tools(helm, paths["kubectl"])
    return Tools(helm, paths["kubectl"], Docker(paths["docker"]), Kind(paths["kind"]))

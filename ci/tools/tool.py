"""Print the path of a pinned tool: PATH when it has exactly our version, else the cache, filled by `go install`."""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

VERSIONS = Path(__file__).with_name("versions")
CACHE = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    / "helm-llm"
    / "bin"
)


@dataclass(frozen=True)
class Tool:
    version: str
    version_option: str
    package: str

    @property
    def name(self) -> str:
        return self.package.rpartition("/")[2]

    @property
    def module(self) -> str:
        return self.package.partition("/cmd/")[0]

    @property
    def cached(self) -> Path:
        return CACHE / f"{self.name}-{self.version}"


def pinned() -> dict[str, Tool]:
    rows = (
        line.split()
        for line in VERSIONS.read_text().splitlines()
        if line and not line.startswith("#")
    )
    return {
        name: Tool(*columns) for name, *columns in rows if len(columns) > 1
    }  # the others are not programs


def on_path(tool: Tool) -> Path | None:
    found = shutil.which(tool.name)
    if found is None:
        return None
    printed = subprocess.run(
        [found, tool.version_option], capture_output=True, text=True
    ).stdout
    fits = re.search(rf"(?<![\w.])v?{re.escape(tool.version)}(?![\w.+-])", printed)
    return Path(found).absolute() if fits else None


def link_flags(tool: Tool) -> str:
    """Set the variables that the released binary's Makefile sets: go install alone leaves Helm at Kubernetes 1.20."""
    module = json.loads(
        go("mod", "download", "-json", f"{tool.module}@v{tool.version}")
    )
    makefile, go_mod = (
        Path(module["Dir"], "Makefile"),
        Path(module["Dir"], "go.mod").read_text(),
    )
    known = {"BINARY_VERSION": f"v{tool.version}"}
    if client := re.search(r"k8s\.io/client-go v(\d+)\.(\d+)", go_mod):
        known |= {
            "K8S_MODULES_MAJOR_VER": str(int(client[1]) + 1),
            "K8S_MODULES_MINOR_VER": client[2],
        }
    settings = re.findall(r"-X (\S+)=\$[({](\w+)[)}]", makefile.read_text())
    return " ".join(
        [
            "-w -s",
            *(
                f"-X {variable}={known[name]}"
                for variable, name in settings
                if name in known
            ),
        ]
    )


def go(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        ["go", *arguments], env=os.environ | environment, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"go {' '.join(arguments)}\n{done.stderr or done.stdout}")
    return done.stdout


def build(tool: Tool) -> None:
    if shutil.which("go") is None:
        print(
            f"{tool.name} {tool.version} is needed and there is no Go to build it with: "
            f"install Go (https://go.dev/dl) or put exactly {tool.name} {tool.version} on PATH",
            file=sys.stderr,
        )
        sys.exit(3)
    print(
        f"building {tool.name} {tool.version} into {tool.cached}, once, about 2 minutes",
        file=sys.stderr,
    )
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        flags = ["-trimpath", "-ldflags", link_flags(tool)]
        go(
            "install",
            *flags,
            f"{tool.package}@v{tool.version}",
            GOBIN=scratch,
            CGO_ENABLED="0",
        )
        Path(scratch, tool.name).rename(tool.cached)


def path_of(tool: Tool) -> Path:
    if usable := on_path(tool):
        return usable
    CACHE.mkdir(parents=True, exist_ok=True)
    with Path(CACHE, "lock").open(
        "w"
    ) as lock:  # one build at a time: linking Helm takes every core
        if not tool.cached.exists():
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not tool.cached.exists():
            build(tool)
    return tool.cached


def main() -> None:
    tools = pinned()
    if len(sys.argv) != 2 or sys.argv[1] not in tools:
        sys.exit(f"usage: ci/tool {'|'.join(tools)}")
    print(path_of(tools[sys.argv[1]]))


if __name__ == "__main__":
    main()

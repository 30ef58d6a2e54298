"""Print the path of a pinned tool.

It is the one on PATH if its version is exactly ours, otherwise one that `go install` has
built in the user's cache.
"""

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
    """A program in ci/tools/versions."""

    version: str
    version_option: str
    """The argument with which the program prints its version."""
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
    """Return the programs by name. Lines with two columns are images and modules."""
    tools = {}
    for line in VERSIONS.read_text().splitlines():
        columns = line.partition("#")[0].split()
        if len(columns) > 2:
            tools[columns[0]] = Tool(*columns[1:])
    return tools


def find_on_path(tool: Tool) -> Path | None:
    """Return the program on PATH if it has exactly our version."""
    found = shutil.which(tool.name)
    if found is None:
        return None
    printed = subprocess.run(
        [found, tool.version_option], capture_output=True, text=True
    ).stdout
    fits = re.search(rf"(?<![\w.])v?{re.escape(tool.version)}(?![\w.+-])", printed)
    return Path(found).absolute() if fits else None


def link_flags(tool: Tool) -> str:
    """Return the linker flags of the module's Makefile.

    Without them `go install` builds a Helm that assumes Kubernetes 1.20.
    """
    download = go("mod", "download", "-json", f"{tool.module}@v{tool.version}")
    directory = Path(json.loads(download)["Dir"])
    go_mod = (directory / "go.mod").read_text()
    makefile = (directory / "Makefile").read_text()
    known = {"BINARY_VERSION": f"v{tool.version}"}
    if client := re.search(r"k8s\.io/client-go v(\d+)\.(\d+)", go_mod):
        known |= {
            "K8S_MODULES_MAJOR_VER": str(int(client[1]) + 1),
            "K8S_MODULES_MINOR_VER": client[2],
        }
    flags = ["-w -s"]
    for variable, name in re.findall(r"-X (\S+)=\$[({](\w+)[)}]", makefile):
        if name in known:
            flags.append(f"-X {variable}={known[name]}")
    return " ".join(flags)


def go(*arguments: str, **environment: str) -> str:
    """Return the output of a go command; its errors end the program."""
    done = subprocess.run(
        ["go", *arguments], env=os.environ | environment, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"go {' '.join(arguments)}\n{done.stderr or done.stdout}")
    return done.stdout


def build(tool: Tool) -> None:
    if shutil.which("go") is None:
        print(
            f"{tool.name} {tool.version} is missing, and building it needs Go: install Go "
            f"(https://go.dev/dl), or put exactly {tool.name} {tool.version} on PATH",
            file=sys.stderr,
        )
        sys.exit(3)
    print(
        f"building {tool.name} {tool.version} into {tool.cached}, once, in about 2 minutes",
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
    """Return the program's path, and build it if necessary."""
    if usable := find_on_path(tool):
        return usable
    CACHE.mkdir(parents=True, exist_ok=True)
    # One build at a time, because linking Helm uses all cores.
    with Path(CACHE, "lock").open("w") as lock:
        if not tool.cached.exists():
            fcntl.flock(lock, fcntl.LOCK_EX)
        # Another call may have built it while this one waited for the lock.
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

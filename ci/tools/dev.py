"""Print the path of the development environment's Python, and build the environment if necessary.

It is in the user's cache, not in the checkout.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROJECT, LOCK = ROOT / "pyproject.toml", ROOT / "requirements.lock"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "helm-llm"


def environment_directory() -> Path:
    """Return where the environment for this Python and these dependencies belongs."""
    base = f"{sys.version} {os.path.realpath(sys.executable)}"
    digest = hashlib.sha256(PROJECT.read_bytes() + LOCK.read_bytes() + base.encode())
    return CACHE / f"dev-{digest.hexdigest()[:12]}"


def requirements() -> list[str]:
    # Python 3.10 has no TOML parser, but pip contains one.
    module = "tomllib" if sys.version_info >= (3, 11) else "pip._vendor.tomli"
    toml = import_module(module)
    project: dict[str, Any] = toml.loads(PROJECT.read_text())["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["dev"]]


def build(directory: Path) -> None:
    print(
        f"building the development environment {directory}, once; this takes a few minutes at most",
        file=sys.stderr,
    )
    shutil.rmtree(directory, ignore_errors=True)
    python = str(directory / "bin" / "python")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "--disable-pip-version-check",
    ]
    for command in (
        [sys.executable, "-m", "venv", "--without-pip", str(directory)],
        [*pip, "install", "--quiet", "--constraint", str(LOCK), *requirements()],
    ):
        if subprocess.run(command, stdout=sys.stderr).returncode:
            sys.exit(f"cannot build the development environment: {' '.join(command)}")
    (directory / "complete").touch()


def main() -> None:
    directory = environment_directory()
    CACHE.mkdir(parents=True, exist_ok=True)
    if not (directory / "complete").exists():
        with Path(CACHE, "dev.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Another call may have built it while this one waited for the lock.
            if not (directory / "complete").exists():
                build(directory)
    print(directory / "bin" / "python")


if __name__ == "__main__":
    main()

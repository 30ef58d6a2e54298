"""`python3 -m helm_llm.simulator.install /`: the names under which charts call their engines, put into an image."""

from __future__ import annotations

import shutil
import site
import sys
from pathlib import Path

_ENTRYPOINT = "usr/local/bin/helm-llm-sim"
_NAMES = (
    "usr/local/bin/vllm",
    "usr/local/bin/nim-serve",
    "usr/local/bin/list-model-profiles",
    "usr/local/bin/download-to-cache",
    "usr/local/bin/create-model-store",
    "opt/nim/start-server.sh",
    "opt/nim/start_server.sh",
    "home/root/aiDAPTIV2/script/vllm_api_server.py",
)
_SCRIPT = """\
#!{python}
import sys
sys.path.insert(0, {home!r})
from helm_llm.simulator.cli import main
main()
"""
_MODULE = "vllm/entrypoints/openai/api_server.py"
_STUB = """\
from helm_llm.simulator.cli import main
main()
"""


def install(root: Path, home: Path) -> None:
    """Fill `root`; `home` is the directory of the package helm_llm, as the image will see it."""
    entrypoint = root / _ENTRYPOINT
    _write(entrypoint, _SCRIPT.format(python=sys.executable, home=str(home)))
    entrypoint.chmod(0o755)
    for name in _NAMES:
        _link(root / name, Path("/", _ENTRYPOINT) if root == Path("/") else entrypoint)
    _write(home / _MODULE, _STUB)


def complete(root: Path, home: Path) -> None:
    """What a bare base image lacks: `python`, `bash`, and the way to the stub module for every python3."""
    if not shutil.which("python"):
        _link(root / "usr/local/bin/python", Path(sys.executable))
    if not shutil.which("bash"):
        _link(root / "bin/bash", Path("sh"))
    _write(Path(site.getsitepackages()[0], "helm-llm.pth"), f"{home}\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _link(path: Path, target: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


if __name__ == "__main__":
    place = Path(sys.argv[1])
    package = Path(__file__).resolve().parents[2]
    install(place, package)
    complete(place, package)

"""`python3 -m helm_llm.simulator.install /`: put the simulator into an image.

It is linked under the names with which charts start their engines.
"""

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
# For `python -m vllm.entrypoints.openai.api_server`.
_MODULE = "vllm/entrypoints/openai/api_server.py"
_STUB = """\
from helm_llm.simulator.cli import main
main()
"""


def install(root: Path, home: Path) -> None:
    """Install below `root`; `home` is the directory of helm_llm inside the image."""
    entrypoint = root / _ENTRYPOINT
    _write_file(entrypoint, _SCRIPT.format(python=sys.executable, home=str(home)))
    entrypoint.chmod(0o755)
    target = Path("/", _ENTRYPOINT) if root == Path("/") else entrypoint
    for name in _NAMES:
        _link(root / name, target)
    _write_file(home / _MODULE, _STUB)


def complete_base_image(root: Path, home: Path) -> None:
    """Add `python`, `bash` and the stub module where the base image lacks them."""
    if not shutil.which("python"):
        _link(root / "usr/local/bin/python", Path(sys.executable))
    if not shutil.which("bash"):
        _link(root / "bin/bash", Path("sh"))
    _write_file(Path(site.getsitepackages()[0], "helm-llm.pth"), f"{home}\n")


def _write_file(path: Path, text: str) -> None:
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
    complete_base_image(place, package)

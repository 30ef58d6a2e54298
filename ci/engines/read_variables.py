"""The `VLLM_*` variables that the sources of a vLLM release read: in vllm/envs.py, and by name elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

READ = re.compile(
    r"""(?:getenv|environ(?:\.\w+)?|env::var(?:_os)?)\s*[(\[]\s*["'](VLLM_[A-Z0-9_]+)["']"""
)
QUOTED = re.compile(r"""["'](VLLM_[A-Z0-9_]+)["']""")


def variables(sources: Path) -> list[str]:
    found: set[str] = set()
    for path in sources.rglob("*"):
        if path.is_file():
            # envs.py is a table of names, and so are the options of the front end in Rust.
            names = QUOTED if path.name == "envs.py" or path.suffix == ".rs" else READ
            found.update(names.findall(path.read_text("utf-8", "replace")))
    return sorted(found)

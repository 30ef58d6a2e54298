"""Find the `VLLM_*` variables that the sources of a vLLM release read."""

from __future__ import annotations

import re
from pathlib import Path

READ = re.compile(
    r"""(?:getenv|environ(?:\.\w+)?|env::var(?:_os)?)\s*[(\[]\s*["'](VLLM_[A-Z0-9_]+)["']"""
)
QUOTED = re.compile(r"""["'](VLLM_[A-Z0-9_]+)["']""")


def read_variables(sources: Path) -> list[str]:
    """Return the names, sorted."""
    found: set[str] = set()
    for path in sources.rglob("*"):
        if not path.is_file():
            continue
        # envs.py is a table of names, and so are the options of the front end in Rust.
        is_table = path.name == "envs.py" or path.suffix == ".rs"
        pattern = QUOTED if is_table else READ
        found.update(pattern.findall(path.read_text("utf-8", "replace")))
    return sorted(found)

"""Ask the parsers of real vLLM releases; a developer's tool, run by hand when vLLM has a new release.

    python ci/engines/record.py 0.33.0 [RELEASE...]
    python ci/engines/write_tables.py ~/.cache/helm-llm/vllm/records
    python ci/engines/read_answers.py 0.33.0 > tests/data/vllm-answers.json
    cd ~/.cache/helm-llm/vllm && PYTHONPATH=vllm-0.33.0 environment-0.12/bin/python .../real_start.py < QUESTIONS

It needs Python 3.11 or 3.12 and the package index, no GPU. What it fetches lies in the cache: the sources of each
release (some 50 MB), and one environment for each era of releases (5 GB, with torch; minutes to build).
"""

from __future__ import annotations

import html
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

from read_variables import variables

HERE = Path(__file__).parent
CACHE = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    / "helm-llm"
    / "vllm"
)
INDEX = "https://pypi.org/simple/vllm/"

ERAS = (
    ("0.9", "0.9.2", ("torch==2.8.0", "transformers==4.52.4", "numba==0.61.2")),
    ("0.10", "0.11.0", ("torch==2.8.0", "numba==0.61.2")),
    ("0.12", "0.33.0", ("torch==2.14.0", "numba", "gguf", "diskcache")),
)
"""First series, release whose requirements all of the era run with, and what else they import."""

SOURCES = re.compile(
    r"(?:[^/]+/)?((?:vllm/.*\.py|csrc/.*\.(?:cpp|cuh?|hp*)|rust/.*\.rs|requirements/.*\.txt))"
)


def number(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))


def sources(release: str) -> Path:
    """The unpacked sources: of the source distribution, else of the wheel."""
    directory = CACHE / f"vllm-{release}"
    if not directory.exists():
        for name, content in members(*distribution(release)):
            match = SOURCES.fullmatch(name)
            if match and ".." not in name:
                path = directory / match[1]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    return directory


def distribution(release: str) -> tuple[str, bytes]:
    with urllib.request.urlopen(INDEX) as page:
        links = re.findall(r'href="([^"#]+)', html.unescape(page.read().decode()))
    wanted = re.compile(rf"/vllm-{re.escape(release)}(?:\.tar\.gz|-.*x86_64\.whl)$")
    found = sorted(link for link in links if wanted.search(link))
    url = next((link for link in found if link.endswith(".tar.gz")), found[0])
    with urllib.request.urlopen(url) as file:
        return url, file.read()


def members(url: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if url.endswith(".whl"):
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            yield from ((name, wheel.read(name)) for name in wheel.namelist())
        return
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file:
                yield member.name, file.read()


def environment(release: str) -> Path:
    """The Python of the era's environment."""
    first, reference, extras = next(
        era for era in reversed(ERAS) if number(era[0]) <= number(release)
    )
    directory = CACHE / f"environment-{first}"
    python = directory / "bin" / "python"
    if not (directory / "complete").exists():
        common = (
            (sources(reference) / "requirements" / "common.txt")
            .read_text("utf-8")
            .splitlines()
        )
        # A floor for certificates that the index may not reach yet; nothing here opens a connection.
        wanted = [
            line.split("#")[0].strip()
            for line in common
            if not line.startswith("certifi")
        ]
        subprocess.run([sys.executable, "-m", "venv", str(directory)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, *extras, *filter(None, wanted)], check=True)
        (directory / "complete").touch()
    return python


def record(release: str) -> None:
    directory = CACHE / "records" / "variables"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"{release}.json").write_text(
        json.dumps(variables(sources(release))), "utf-8"
    )
    command = [
        str(environment(release)),
        str(HERE / "real_parser.py"),
        str(sources(release)),
        release,
    ]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    (CACHE / "records" / f"{release}.json").write_bytes(said)


def main() -> None:
    for release in sys.argv[1:]:
        record(release)
        print(release)


if __name__ == "__main__":
    main()

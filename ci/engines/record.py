"""Download vLLM releases from PyPI and run their own argument parsers.

The cache holds the sources of each release (about 60 MB) and one Python environment for
each series of releases with the same requirements (5 GB with torch, ten minutes to build).
No GPU is needed. Each failure ends the program with one line.
"""

from __future__ import annotations

import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from collections.abc import Iterator, Sequence
from http.client import HTTPException
from pathlib import Path

from release_ranges import release_number
from vllm_record import Record

HERE = Path(__file__).parent
CACHE = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    / "helm-llm"
    / "vllm"
)
INDEX = "https://pypi.org/simple/vllm/"

SERIES = (
    ("0.9", "0.9.2", ("torch==2.8.0", "transformers==4.52.4", "numba==0.61.2")),
    ("0.10", "0.11.0", ("torch==2.8.0", "numba==0.61.2")),
    ("0.12", "0.33.0", ("torch==2.14.0", "numba", "gguf", "diskcache")),
)
"""First release with these requirements, release whose requirements/common.txt is installed,
and what vLLM imports besides.
"""

SOURCES = re.compile(
    r"(?:[^/]+/)?((?:vllm/.*\.py|csrc/.*\.(?:cpp|cuh?|hp*)|rust/.*\.rs|requirements/.*\.txt))"
)
"""The files that the parser and the readers of variables and answers need."""


def sources(release: str) -> Path:
    """Return the directory of the release's sources."""
    directory = CACHE / f"vllm-{release}"
    if not directory.exists():
        url = distribution_url(release)
        report(f"downloading {url.rpartition('/')[2]}")
        draft = CACHE / f"vllm-{release}.partial"
        shutil.rmtree(draft, ignore_errors=True)
        for name, content in members(url, download(url)):
            match = SOURCES.fullmatch(name)
            # A name must not lead outside the directory.
            if match and ".." not in name:
                path = draft / match[1]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        # Only a complete directory gets its final name.
        draft.rename(directory)
    return directory


def distribution_url(release: str) -> str:
    """Return where to download the source distribution, or else the wheel."""
    page = html.unescape(download(INDEX).decode())
    links: list[str] = re.findall(r'href="([^"#]+)', page)
    pattern = re.compile(rf"/vllm-{re.escape(release)}(?:\.tar\.gz|-.*x86_64\.whl)$")
    urls = sorted(link for link in links if pattern.search(link))
    if not urls:
        published = re.findall(r"/vllm-(\d+\.\d+\.\d+)(?:\.tar|-)", page)
        newest = max(published, key=release_number, default="none")
        sys.exit(f"vLLM {release} is not on {INDEX}: the newest release is {newest}")
    for url in urls:
        if url.endswith(".tar.gz"):
            return url
    return urls[0]


def download(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            content: bytes = answer.read()
    except (OSError, HTTPException) as error:
        sys.exit(f"cannot download {url}: {error}")
    return content


def members(url: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the files in a wheel or source distribution."""
    if url.endswith(".whl"):
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            for name in wheel.namelist():
                yield name, wheel.read(name)
        return
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            if file := archive.extractfile(member):
                yield member.name, file.read()


def environment_python(release: str) -> Path:
    """Return the Python that has what this release imports, and build it if necessary."""
    number = release_number(release)
    known = [series for series in SERIES if release_number(series[0]) <= number]
    if not known:
        sys.exit(f"vLLM {release} is too old: the first release read is {SERIES[0][0]}")
    first, reference, extras = known[-1]
    directory = CACHE / f"environment-{first}"
    python = directory / "bin" / "python"
    if not (directory / "complete").exists():
        report(f"building {directory}: about ten minutes and 5 GB, once")
        build_environment(directory, [*extras, *requirements(reference)])
        (directory / "complete").touch()
    return python


def requirements(release: str) -> list[str]:
    file = sources(release) / "requirements" / "common.txt"
    lines = [
        line.split("#")[0].strip() for line in file.read_text("utf-8").splitlines()
    ]
    # A mirror may not have the newest certificates yet, and nothing here opens a connection.
    return [line for line in lines if line and not line.startswith("certifi")]


def build_environment(directory: Path, packages: Sequence[str]) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    pip = [str(directory / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    run(sys.executable, "-m", "venv", str(directory))
    run(*pip, *packages)


def run(*command: str, stdin: str = "", path: str = "") -> str:
    """Return the standard output of a command; its last line of errors ends the program."""
    # The packages of the caller must not be imported there.
    environment = os.environ | {"PYTHONPATH": path}
    done = subprocess.run(
        command, input=stdin, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        errors = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        sys.exit(f"{' '.join(command[:5])} failed: {errors[-1]}")
    return done.stdout


def record_release(release: str) -> Record:
    """Return what the release's own parser accepts."""
    source = str(sources(release))
    python = str(environment_python(release))
    report(f"running the argument parser of vLLM {release}")
    output = run(python, str(HERE / "real_parser.py"), source, release)
    record: Record = json.loads(output)
    return record


def record_starts(release: str, questions: str) -> str:
    """Return how far the release's server gets with these arguments (real_start.py)."""
    python = str(environment_python(release))
    report(f"starting the server of vLLM {release}")
    script = str(HERE / "real_start.py")
    return run(python, script, stdin=questions, path=str(sources(release)))


def report(text: str) -> None:
    print(text, file=sys.stderr)

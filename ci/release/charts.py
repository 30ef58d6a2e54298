"""Package the charts and index them: what any static web server serves is then a chart repository.

    python3 ci/release/charts.py --url https://helm-llm.github.io/charts [--to dist/charts]

The directory may hold earlier releases: they stay, with the dates in their index. A released version is never packaged
again; when its chart has changed, this fails.
"""

import argparse
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--url", required=True, help="where the directory will be served"
    )
    parser.add_argument(
        "--to",
        type=Path,
        default=ROOT / "dist" / "charts",
        help="the directory, dist/charts",
    )
    parser.add_argument(
        "--charts", type=Path, default=ROOT / "charts", help="where the charts lie"
    )
    arguments = parser.parse_args()
    helm = tool("helm4")
    with tempfile.TemporaryDirectory() as scratch:
        release(helm, arguments.charts, arguments.to, arguments.url, Path(scratch))


def release(helm: str, charts: Path, to: Path, url: str, scratch: Path) -> None:
    """Add what is new in `charts` to the repository in `to`."""
    to.mkdir(parents=True, exist_ok=True)
    for chart in sorted(path.parent for path in charts.glob("*/Chart.yaml")):
        run(helm, "package", str(chart), "--destination", str(scratch))
    for package in sorted(scratch.glob("*.tgz")):
        if (to / package.name).exists():
            check_unchanged(to / package.name, package)
            package.unlink()
    earlier = (
        ["--merge", str(to / "index.yaml")] if (to / "index.yaml").exists() else []
    )
    run(helm, "repo", "index", str(scratch), "--url", url, *earlier)
    for file in sorted(
        scratch.iterdir(), key=lambda file: file.name == "index.yaml"
    ):  # the index last: it names them
        shutil.move(file, to / file.name)
        print(to / file.name)


def check_unchanged(released: Path, package: Path) -> None:
    """A user who pinned a version gets what everybody got who pinned it."""
    if contents(released) != contents(package):
        sys.exit(
            f"{released.name} is released, and its chart has changed since: raise the version in its Chart.yaml"
        )


def contents(package: Path) -> dict[str, bytes]:
    with tarfile.open(package) as archive:
        files = {
            member.name: archive.extractfile(member)
            for member in archive
            if member.isfile()
        }
        return {name: file.read() for name, file in files.items() if file}


def tool(name: str) -> str:
    return run(sys.executable, str(ROOT / "ci" / "tools" / "tool.py"), name).strip()


def run(*command: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout


if __name__ == "__main__":
    main()

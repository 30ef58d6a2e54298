"""Package the charts into a directory that any web server can serve as a chart repository.

    python3 ci/release/charts.py --url https://helm-llm.github.io/charts [--to dist/charts]

Earlier releases in the directory stay, and so do their dates in the index. A released version
is never packaged again. If its chart has changed, this fails.
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
        "--url", required=True, help="address at which the directory will be served"
    )
    parser.add_argument(
        "--to",
        type=Path,
        default=ROOT / "dist" / "charts",
        help="directory of the repository (default: dist/charts)",
    )
    parser.add_argument(
        "--charts",
        type=Path,
        default=ROOT / "charts",
        help="directory of the charts (default: charts)",
    )
    arguments = parser.parse_args()
    helm = tool_path("helm4")
    with tempfile.TemporaryDirectory() as scratch:
        release(helm, arguments.charts, arguments.to, arguments.url, Path(scratch))


def release(helm: str, charts: Path, to: Path, url: str, scratch: Path) -> None:
    """Add new versions of the charts to the repository in `to`."""
    to.mkdir(parents=True, exist_ok=True)
    for chart in sorted(path.parent for path in charts.glob("*/Chart.yaml")):
        run(helm, "package", str(chart), "--destination", str(scratch))
    for package in sorted(scratch.glob("*.tgz")):
        if (to / package.name).exists():
            check_unchanged(to / package.name, package)
            package.unlink()
    index = [helm, "repo", "index", str(scratch), "--url", url]
    if (to / "index.yaml").exists():
        index += ["--merge", str(to / "index.yaml")]
    run(*index)
    # The index is moved last, because it names the packages.
    for file in [*sorted(scratch.glob("*.tgz")), scratch / "index.yaml"]:
        shutil.move(file, to / file.name)
        print(to / file.name)


def check_unchanged(released: Path, package: Path) -> None:
    """Refuse to release a version twice with different contents."""
    if package_files(released) != package_files(package):
        sys.exit(
            f"{released.name} has been released, and its chart has changed since: "
            "raise the version in its Chart.yaml"
        )


def package_files(package: Path) -> dict[str, bytes]:
    """Return the content of each file. The archives themselves differ in their dates."""
    contents = {}
    with tarfile.open(package) as archive:
        for member in archive:
            if file := archive.extractfile(member):
                contents[member.name] = file.read()
    return contents


def tool_path(name: str) -> str:
    return run(sys.executable, str(ROOT / "ci" / "tools" / "tool.py"), name).strip()


def run(*command: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout


if __name__ == "__main__":
    main()

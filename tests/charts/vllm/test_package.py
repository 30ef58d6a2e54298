"""The packaged chart is the chart, without the files that only tests need."""

import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def package(helm3: str, chart: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("package")
    subprocess.run(
        [helm3, "package", str(chart), "--destination", str(target)],
        capture_output=True,
        check=True,
    )
    return target / "vllm-0.1.0.tgz"


def test_the_package_holds_what_an_install_needs(package: Path) -> None:
    with tarfile.open(package) as archive:
        names = {Path(name).relative_to("vllm").parts[0] for name in archive.getnames()}
    assert names == {
        *("Chart.yaml", "README.md", "values.yaml", "values.schema.json"),
        *(".helmignore", "templates", "files"),
    }


def test_the_package_renders_like_the_directory(
    render: Callable[..., list[dict[str, Any]]], helm: str, chart: Path, package: Path
) -> None:
    values = {"init_drop_cache": True, "modelDownload": {"enabled": True}}
    assert render(helm, package, values=values) == render(helm, chart, values=values)

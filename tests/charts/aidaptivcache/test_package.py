"""The package, the README, and files that other charts have too."""

import re
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml


def test_the_package_holds_what_an_install_needs(
    helm3: str, chart: Path, tmp_path: Path
) -> None:
    subprocess.run(
        [helm3, "package", str(chart), "--destination", str(tmp_path)],
        capture_output=True,
        check=True,
    )
    with tarfile.open(tmp_path / "aidaptivcache-0.1.0.tgz") as archive:
        names = {
            Path(name).relative_to("aidaptivcache").parts[0]
            for name in archive.getnames()
        }
    assert names == {
        *("Chart.yaml", "README.md", "values.yaml", "values.schema.json"),
        *(".helmignore", "templates", "files"),
    }


def test_the_default_image_is_the_version_of_the_application(chart: Path) -> None:
    metadata, values = (
        yaml.safe_load((chart / name).read_text())
        for name in ("Chart.yaml", "values.yaml")
    )
    assert metadata["appVersion"] == values["image"]["tag"]


@pytest.mark.parametrize("name", [".helmignore", "files/api.sh"])
def test_files_of_the_vllm_chart(chart: Path, name: str) -> None:
    assert (chart / name).read_text() == (chart.parent / "vllm" / name).read_text()


def test_the_examples_of_the_readme_are_accepted(
    chart: Path, objects: Callable[..., Any]
) -> None:
    readme = (chart / "README.md").read_text()
    examples = [
        yaml.safe_load(block)
        for block in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    ]
    assert len(examples) >= 4
    for values in examples:
        assert objects(values=values)

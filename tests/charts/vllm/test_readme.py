"""The README lists every value and gives no advice that makes things worse."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture
def readme(chart: Path) -> str:
    return (chart / "README.md").read_text()


def test_the_table_lists_the_keys_of_values_yaml(readme: str, chart: Path) -> None:
    table = readme.partition("<!-- values -->")[2].partition("<!-- /values -->")[0]
    listed = set(re.findall(r"^\| *`?([\w.]+)`? *\|", table, re.MULTILINE)) - {"Key"}

    def keys(node: Any, path: str) -> Iterator[str]:
        if isinstance(node, dict) and node and path not in listed:
            for key, value in node.items():
                yield from keys(value, f"{path}.{key}".lstrip("."))
        else:
            yield path

    text = (chart / "values.yaml").read_text()
    unset = {key for key in listed if f"# {key.rpartition('.')[2]}: null\n" in text}
    assert set(keys(yaml.safe_load(text), "")) == listed - unset
    assert len(unset) == len(re.findall(r"^ *# \w+: null$", text, re.MULTILINE))


def test_more_room_for_the_context_means_a_higher_utilization(readme: str) -> None:
    (advice,) = re.findall(
        r"- \*\*GPU memory for the context\*\*.*?(?=\n- )", readme, re.DOTALL
    )
    assert re.search(r"raise\s+`gpuMemoryUtilization`", advice)


def test_the_size_of_the_weights_is_no_limit_of_main_memory(readme: str) -> None:
    (weights,) = re.findall(
        r"- \*\*GPU memory while loading\*\*.*?(?=\n- )", readme, re.DOTALL
    )
    (limit,) = re.findall(
        r"- \*\*Main memory of the pod\*\*.*?(?=\n\n)", readme, re.DOTALL
    )
    assert "1.2" in weights
    assert "1.2" not in limit


def test_the_examples_are_accepted(readme: str, objects: Any) -> None:
    examples = [
        yaml.safe_load(block)
        for block in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    ]
    assert len(examples) >= 5
    for values in examples:
        assert objects(values=values)

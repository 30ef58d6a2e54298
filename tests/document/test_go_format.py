"""`go_format` prints what Go templates print, on both majors of Helm."""

import subprocess
from pathlib import Path

import pytest

from helm_llm.document.go_format import as_helm_prints, go_format
from helm_llm.document.reader import parse_document

NUMBERS = """
0 1 -1 7 0.10 1.10 24.04 1.0 -0.5 0.0001 0.00001 1e-7 1e3 123456 999999 1000000 1048576 20251101 -1234567 1234567.5
123456.75 0123 0x1F 0b11 0o17 1_000 1e6 1e20 1e21 9007199254740993 0.1234567890123456 1.7976931348623157e308
"""
SWITCHES = ["on", "off", "yes", "no", "y", "n", "true", "False"]


def test_scalars_print_as_in_a_template(helm: str, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text(
        "apiVersion: v2\nname: print\nversion: 0.1.0\n"
    )
    template = 'text: "{{ range .Values.list }}{{ . }} {{ end }}"'
    (tmp_path / "templates" / "list.yaml").write_text(template)
    text = "list:\n" + "".join(
        f"  - {word}\n" for word in [*NUMBERS.split(), *SWITCHES]
    )
    (tmp_path / "values.yaml").write_text(text)
    completed = subprocess.run(
        [helm, "template", str(tmp_path)], capture_output=True, text=True, check=True
    )
    ours = [
        go_format(value) for value in parse_document(text, "values.yaml").tree["list"]
    ]
    assert ours == completed.stdout.partition("text: ")[2].replace('"', "").split()


STRING, QUANTITY, SCALAR = (
    {"string"},
    {"string", "number", "null"},
    {"string", "number", "boolean"},
)


@pytest.mark.parametrize(
    ("source", "value", "types", "read"),
    [
        ("0.10", 0.1, STRING, "0.1"),
        ("0123", 83, STRING, "83"),
        ("20251101", 20251101, STRING, "2.0251101e+07"),
        ("on", True, STRING, "true"),
        ("24.04", 24.04, STRING, None),
        ("0.10", 0.1, {"number"}, None),
        ("on", True, {"boolean"}, None),
        ("0.10", 0.1, QUANTITY, None),
        ("0123", 83, QUANTITY, "83"),
        ("on", True, QUANTITY, "true"),
        ("1048576", 1048576, QUANTITY, None),
        ("0.10", 0.1, SCALAR, "0.1"),
        ("20251101", 20251101, SCALAR, None),
        ("on", True, SCALAR, "true"),
        ("on", True, {"string", "boolean"}, None),
    ],
)
def test_what_is_lost_depends_on_what_is_allowed(
    source: str, value: bool | int | float, types: set[str], read: str | None
) -> None:
    assert as_helm_prints(source, value, types) == read

"""Charts with any Chart.yaml, requirements.yaml, subcharts and archives."""

import gzip
import io
import tarfile
from typing import Any

from tests.fuzz import charts
from tests.fuzz.case import Case
from tests.fuzz.kinds import options
from tests.fuzz.odd import Odd
from tests.fuzz.yaml_text import break_text, change_values, to_yaml

_REPOSITORIES = (
    "",
    "file://../x",
    "file:///etc",
    "evil://x",
    "https://127.0.0.1:9",
    "oci://127.0.0.1:9/x",
    "@x",
    "alias:x",
    "-x",
)
_NAMES = (
    "vllm",
    "nim-llm",
    "sub",
    "--debug",
    "../x",
    "a/b",
    "\x1b[31m",
    "x\ny",
    "",
    "::error::x",
    "é",
)


def build(odd: Odd) -> Case:
    """Build a chart with dependencies, as a directory or an archive."""
    files = _chart(odd)
    packed = odd.chance(30)
    if packed:
        files = {"chart.tgz": _archive(odd, files)}
    return Case(
        kind="chart",
        arguments=(
            "chart.tgz" if packed else "chart",
            "--values=v.yaml",
            "--no-render",
            *options.printing(odd),
        ),
        files={
            **files,
            "v.yaml": to_yaml(
                {"vllm": {"replicaCount": "x"}, "global": odd.tree(1)}
            ).encode("utf-8", "surrogatepass"),
        },
        links=_links(odd, files),
    )


def _chart(odd: Odd) -> dict[str, bytes]:
    name = odd.one(charts.NAMES)
    description = {
        "apiVersion": odd.one(["v2", "v2", "v1", "v3", 2]),
        "name": odd.one(_NAMES),
        "version": odd.one(["0.1.0", "v1", "", 1, "1.0.0-\x1b[31m"]),
        "dependencies": [_dependency(odd) for _ in range(odd.randrange(3))],
        "annotations": {"a": "b"},
    }
    tree = change_values(odd, description) if odd.chance(60) else description
    files = charts.files_of(name) if odd.chance(30) else charts.printing(b"a: 1\n")
    files = {**files, "chart/Chart.yaml": break_text(odd, to_yaml(tree))}
    if odd.chance(15):
        files["chart/requirements.yaml"] = break_text(
            odd, to_yaml({"dependencies": [_dependency(odd), odd.tree(2)]})
        )
    for _ in range(odd.randrange(3)):
        files.update(_subchart(odd))
    if odd.chance(20):
        files["chart/values.yaml"] = break_text(
            odd, to_yaml({"vllm": odd.tree(), "sub": odd.tree(), "tags": odd.tree(1)})
        )
    return files


def _dependency(odd: Odd) -> dict[str, Any]:
    made = {
        "name": odd.one(_NAMES),
        "version": odd.one(["0.1.0", "*", ">=1", "", "x"]),
        "repository": odd.one(_REPOSITORIES),
    }
    more: dict[str, Any] = {
        "alias": odd.one(["a", "vllm", "../x", ""]),
        "condition": odd.one(["vllm.enabled", "a.b,c.d", "", "[", 5]),
        "tags": odd.one([["a"], 5, "x", [5], {}]),
        "import-values": odd.one(
            [["data"], [{"child": "a", "parent": "b"}], 5, [5], [{"child": 5}], [None]]
        ),
    }
    return {**made, **{key: more[key] for key in odd.some(sorted(more), 2)}}


def _subchart(odd: Odd) -> dict[str, bytes]:
    name = odd.one(["vllm", "nim-llm", "sub"])
    top = f"chart/charts/{odd.one([name, name, 'x', '_x', '.x'])}"
    files = (
        charts.files_of(name, top)
        if name in charts.NAMES
        else {f"{top}/Chart.yaml": b"apiVersion: v2\nname: sub\nversion: 0.1.0\n"}
    )
    if odd.chance(40):
        return {f"{top}-0.1.0.tgz": _archive(odd, files)}
    return files


def _archive(odd: Odd, files: dict[str, bytes]) -> bytes:
    """Return a .tgz, with members that an archive should not have."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            short = name.removeprefix("chart/charts/")
            _add(
                archive,
                short
                if odd.chance(98)
                else odd.one(["../x", "/etc/x", "a/../../x", "", "x\ny", "\x1b[31m"]),
                content,
            )
        if odd.chance(30):
            _add_odd(odd, archive)
    content = gzip.compress(out.getvalue(), 1, mtime=0)
    if odd.chance(15):
        return odd.one(
            [
                content[: odd.randrange(len(content))],
                out.getvalue(),
                odd.garbage(),
                b"",
                gzip.compress(b"\0" * 30_000_000, 1, mtime=0),
            ]
        )
    return content


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def _add_odd(odd: Odd, archive: tarfile.TarFile) -> None:
    member = tarfile.TarInfo(
        odd.one(
            ["chart/values.yaml", "chart/templates/x", "chart/charts/y", "../pwned"]
        )
    )
    member.type = odd.one(
        [
            tarfile.SYMTYPE,
            tarfile.LNKTYPE,
            tarfile.FIFOTYPE,
            tarfile.CHRTYPE,
            tarfile.DIRTYPE,
        ]
    )
    member.linkname = odd.one(
        ["../../outside/secret.yaml", "/etc/passwd", "chart/Chart.yaml", ""]
    )
    archive.addfile(member)


def _links(odd: Odd, files: dict[str, bytes]) -> dict[str, str]:
    places = [
        "chart/templates/up",
        "chart/charts/up",
        "chart/files/x",
        "chart/ci/a-values.yaml",
        "chart/templates/NOTES.txt",
    ]
    free = [place for place in places if place not in files]
    targets = [
        "..",
        "../..",
        "../../outside/secret.yaml",
        "../../../outside",
        "/dev/zero",
        "nowhere",
        "/etc/passwd",
    ]
    return (
        {place: odd.one(targets) for place in odd.some(free, 1)}
        if odd.chance(30) and "chart.tgz" not in files
        else {}
    )

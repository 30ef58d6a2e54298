"""Text in an untrusted checkout never becomes an option, a command or a path outside the checkout.

Each trap in `traps.py` is linted with all formats, --diff and --fix, with both Helms. Nothing in
the checkout runs, no file outside is written, and no text from files outside or from the
environment is printed. Control characters are escaped.
"""

import http.server
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from helm_llm.lint.reporters import FORMATS
from tests.fuzz import judge
from tests.fuzz.case import HELM3, HELM4, Case
from tests.fuzz.runner import Outcome
from tests.fuzz.sandbox import OUTSIDE
from tests.untrusted import ground
from tests.untrusted.ground import TOKEN, Ground
from tests.untrusted.traps import EVIL, SMALL, TRAPS, Trap

REPORTS = {name: f"reports/{name}" for name in FORMATS[1:]}
EVERY_FORMAT = [
    "--format=text",
    *(f"--format={name}={file}" for name, file in REPORTS.items()),
]

Lint = Callable[..., Outcome]


@pytest.fixture(scope="module")
def process() -> Iterator[ProcessPoolExecutor]:
    """A process with one thread, from which the runs are forked."""
    with ProcessPoolExecutor(1, get_context("spawn"), ground.prepare) as pool:
        yield pool


@pytest.fixture
def lint(tmp_path: Path, helm: str, process: ProcessPoolExecutor) -> Lint:
    """lint(trap, *options) returns the outcome with this Helm."""

    def call(trap: Trap, *options: str) -> Outcome:
        return process.submit(
            ground.lint,
            tmp_path,
            {_name(helm): helm},
            _case(trap, _name(helm), options),
        ).result()

    return call


def _name(helm: str) -> str:
    return HELM4 if "helm-4" in helm else HELM3


def _case(trap: Trap, helm: str, options: tuple[str, ...]) -> Case:
    values = tuple(
        name
        for name in trap.files
        if name.endswith("-values.yaml") or not name.startswith("chart/")
    )
    return Case(
        kind="trap",
        arguments=(*trap.arguments, *options),
        files={**trap.files, "reports/": b""},
        links=trap.links,
        own_process=trap.own_process,
        helm=helm,
        secrets=(TOKEN,),
        outputs=(*trap.outputs, *REPORTS.values()),
        edited=values if "--fix" in options else (),
    )


def _wrong(trap: Trap, outcome: Outcome, *options: str) -> list[str]:
    case = _case(trap, "helm3", options)
    found = [str(complaint) for complaint in judge.complaints(case, outcome)]
    for name, file in REPORTS.items():
        text = (outcome.changed.get(f"checkout/{file}") or b"").decode()
        printed = replace(case, arguments=(f"--format={name}",))
        found += [
            f"{name}: {complaint}"
            for complaint in judge.complaints(
                printed, replace(outcome, out=text, err="", changed={})
            )
        ]
    return sorted(set(found))


@pytest.mark.parametrize(
    "trap", TRAPS.values(), ids=[ascii(name).strip("'") for name in TRAPS]
)
def test_a_trap_has_no_effect(trap: Trap, lint: Lint) -> None:
    wrong = _wrong(trap, lint(trap, *EVERY_FORMAT))
    # The arguments of Helm are the same with --diff and --fix.
    for option in ("--diff", "--fix"):
        wrong += [
            f"{option}: {one}"
            for one in _wrong(trap, lint(trap, option, "--no-render"), option)
        ]
    assert not wrong, "\n".join(wrong)


def test_the_traps_work_with_helm_alone(tmp_path: Path, helm: str) -> None:
    """Helm runs the plugin for evil:// and the post-renderer if it gets their options."""
    box = Ground(tmp_path, {})
    case = _case(Trap({**SMALL, "evil.sh": EVIL}), _name(helm), ())
    for word in (
        "--values=evil:/x",
        f"--post-renderer={'pwn' if _name(helm) == HELM4 else './evil.sh'}",
    ):
        box.lay_out(case)
        environment = {**box.environment(replace(case, helm="")), "HELM_BIN": helm}
        subprocess.run(
            [helm, "template", "x", "chart", word],
            cwd=box.checkout,
            env=environment,
            capture_output=True,
        )
        assert (box.case / "outside" / "ran").exists(), word


def test_the_judge_finds_the_effect_of_a_trap() -> None:
    """It finds text from outside, a token, a file outside and an escape sequence."""
    quiet = Outcome(0, "", "", "", 0, 0, (), {})
    assert not _wrong(Trap({}), quiet)
    assert _wrong(Trap({}), replace(quiet, out=f"x {OUTSIDE}")) == [
        "text from outside in standard output"
    ]
    assert _wrong(Trap({}), replace(quiet, err=f"x {TOKEN}")) == [
        "a secret in standard error"
    ]
    assert _wrong(Trap({}), replace(quiet, changed={"outside/ran": b""}))
    assert _wrong(
        Trap({}),
        replace(quiet, changed={"checkout/reports/json": b'{"x": "\x1b[31m"}'}),
    )


class TestAddressesInSchemas:
    @pytest.fixture
    def requests(self) -> Iterator[tuple[str, list[str]]]:
        """The address of a server and the paths of its requests."""
        paths: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                paths.append(self.path)
                self.send_error(404)

            def log_message(self, *_: object) -> None:
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}", paths
            server.shutdown()

    @pytest.mark.parametrize(
        "schema",
        [
            '{"properties": {"image": {"$ref": "ADDRESS/x.json"}}}',
            '{"$schema": "ADDRESS/meta.json", "properties": {"image": {"type": "integer"}}}',
            '{"$id": "ADDRESS/id.json", "properties": {"image": {"$ref": "other.json"}}}',
            '{"allOf": [{"$ref": "ADDRESS/x.json#/definitions/a"}]}',
        ],
    )
    def test_without_helm_no_request_is_sent(
        self, schema: str, requests: tuple[str, list[str]], lint: Lint
    ) -> None:
        address, paths = requests
        trap = Trap(
            {
                **SMALL,
                "chart/values.schema.json": schema.replace("ADDRESS", address).encode(),
            },
            {},
            ("--no-render",),
        )
        assert not _wrong(trap, lint(trap, *EVERY_FORMAT))
        assert paths == []

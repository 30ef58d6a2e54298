"""What a run makes is removed, however it ends; what is left after a kill -9 is found again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from helm_llm.harness import deadline
from helm_llm.harness import ledger as ledgers
from helm_llm.harness.created import (
    Cluster,
    CreatedResource,
    Dependency,
    InstalledRelease,
    Namespace,
    from_json,
    to_json,
)
from helm_llm.tools.kubectl import Access
from tests.harness.conftest import Program

ACCESS = Access("/k/config", "kind-x", ("--token=t",))
RESOURCES: list[CreatedResource] = [
    Cluster("/bin/kind", "helm-llm-1", "/k/config"),
    Namespace("/bin/kubectl", ACCESS, "ns"),
    InstalledRelease("/bin/helm", ACCESS, "ns", "llm"),
    Dependency("/bin/kubectl", ACCESS, "ns", "Secret", "token"),
]


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The ledgers of this test, and no others."""
    monkeypatch.setenv("HELM_LLM_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HELM_LLM_RUN", raising=False)
    return tmp_path / "home" / "runs"


@pytest.fixture
def kind(program: Program, tmp_path: Path) -> Callable[[int], Cluster]:
    """A cluster whose kind writes down how it is called and ends with a code."""

    def make(code: int) -> Cluster:
        binary = program("kind", f'echo "$@" >> {tmp_path}/calls; exit {code}')
        return Cluster(str(binary), "helm-llm-1", "/k/config")

    return make


@pytest.mark.parametrize("interrupted", [True, False])
def test_ctrl_c_does_not_end_a_removal(
    program: Program, tmp_path: Path, *, interrupted: bool
) -> None:
    """The program that removes something is ended, so it runs again."""
    once = f"[ -e {tmp_path}/ended ] || {{ touch {tmp_path}/ended; exit 1; }}"
    binary = program("kind", f'echo "$@" >> {tmp_path}/calls; {once}')
    cluster = Cluster(str(binary), "helm-llm-1", "/k/config")
    if interrupted:
        deadline.stop()
    try:
        with ledgers.open_ledger(print, keep=False) as ledger, ledger.hold(cluster):
            pass
    finally:
        deadline.resume()
    assert len(calls(tmp_path)) == (2 if interrupted else 1)
    assert ledger.is_empty == interrupted


def calls(tmp_path: Path) -> list[str]:
    path = tmp_path / "calls"
    return path.read_text().splitlines() if path.exists() else []


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: type(each).__name__)
def test_the_ledger_gives_back_what_was_put_in(resource: CreatedResource) -> None:
    assert from_json(to_json(resource)) == resource


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda each: type(each).__name__)
def test_a_user_is_told_how_to_look(resource: CreatedResource) -> None:
    assert resource.inspect_command().split()[0] in ("kubectl", "helm")


def test_what_was_made_is_removed_and_forgotten(
    kind: Callable[[int], Cluster], tmp_path: Path, runs: Path
) -> None:
    with ledgers.open_ledger(print, keep=False) as ledger, ledger.hold(kind(0)):
        assert (runs / ledger.id / "things.json").exists()
        assert calls(tmp_path) == []
    assert calls(tmp_path) == [
        "delete cluster --name=helm-llm-1 --kubeconfig=/k/config"
    ]
    assert list(runs.iterdir()) == []


def test_ctrl_c_removes_it_too(
    kind: Callable[[int], Cluster], tmp_path: Path, runs: Path
) -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        ledgers.open_ledger(print, keep=False) as ledger,
        ledger.hold(kind(0)),
    ):
        raise KeyboardInterrupt
    assert len(calls(tmp_path)) == 1
    assert list(runs.iterdir()) == []


def test_what_is_kept_is_told_and_removed_by_clean(
    kind: Callable[[int], Cluster], tmp_path: Path, runs: Path
) -> None:
    told: list[str] = []
    with ledgers.open_ledger(told.append, keep=True) as ledger, ledger.hold(kind(0)):
        pass
    assert calls(tmp_path) == []
    assert told[0] == "kept: kubectl --kubeconfig /k/config get pods -A"
    assert ledgers.clean(told.append) == 0
    assert len(calls(tmp_path)) == 1
    assert list(runs.iterdir()) == []


def test_what_cannot_be_removed_stays_in_the_ledger(
    kind: Callable[[int], Cluster], runs: Path
) -> None:
    told: list[str] = []
    with ledgers.open_ledger(told.append, keep=False) as ledger, ledger.hold(kind(1)):
        pass
    assert "--clean` to try again" in told[0]
    assert ledgers.clean(told.append) == 3
    assert len(list(runs.iterdir())) == 1


def test_a_run_that_still_goes_on_is_left_alone(
    kind: Callable[[int], Cluster], tmp_path: Path
) -> None:
    told: list[str] = []
    with ledgers.open_ledger(told.append, keep=False) as ledger, ledger.hold(kind(0)):
        assert ledgers.clean(told.append) == 0
        assert calls(tmp_path) == []
        assert told == [f"run {ledger.id} is still active: left alone"]


def test_only_the_user_can_read_the_ledger(runs: Path) -> None:
    with ledgers.open_ledger(print, keep=False) as ledger:
        assert (runs / ledger.id).stat().st_mode & 0o077 == 0


KILLED = """
import sys
from helm_llm.process.server import ServerProcess
from helm_llm.harness import ledger
from helm_llm.harness.created import Cluster
with ledger.open_ledger(print, keep=False) as run, run.hold(Cluster(sys.argv[1], "helm-llm-1", "/k/config")):
    # nothing is executed after the echo: while a program is loaded its environment cannot be read
    with ServerProcess("sh", "-c", 'mkfifo "$0"; echo $$; read never < "$0"', sys.argv[2]) as child:
        print(child.line(10), flush=True)
        sys.stdin.read()
"""


def test_after_a_kill_clean_finds_things_and_children(
    kind: Callable[[int], Cluster], tmp_path: Path, runs: Path
) -> None:
    argv = [sys.executable, "-c", KILLED, kind(0).kind, str(tmp_path / "fifo")]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as killed:
        assert killed.stdout is not None
        child = int(killed.stdout.readline())
        killed.send_signal(signal.SIGKILL)
    os.kill(child, 0)  # it outlived its parent
    told: list[str] = []
    assert ledgers.clean(told.append) == 0
    assert any(line.startswith("ended: 1 process") for line in told)
    assert calls(tmp_path) == [
        "delete cluster --name=helm-llm-1 --kubeconfig=/k/config"
    ]
    assert list(runs.iterdir()) == []
    assert _gone(child)


def _gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{pid}/stat")
        if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True  # ended; its exit code has not been collected yet
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    "text",
    ["", "{", "5", "[5]", '[{"type": "Planet"}]', '[{"type": "Cluster"}]', "\\xff"],
)
def test_a_ledger_that_cannot_be_read_is_named(text: str, runs: Path) -> None:
    (runs / "0123abcd").mkdir(parents=True)
    (runs / "0123abcd" / "things.json").write_text(text, "latin-1")
    told: list[str] = []
    assert ledgers.clean(told.append) == 3
    assert "things.json cannot be read" in told[0]

"""Signals end a run at once, with the exit code a shell expects, and leave no child."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.leftovers import DEAF, script, sleeper, still_there

ROOT = Path(__file__).parents[1]
CODES = {
    signal.SIGINT: 130,
    signal.SIGTERM: 143,
    signal.SIGHUP: 129,
    signal.SIGQUIT: 131,
}
VERSION = "[ $1 = version ] && echo v3.22.0 && exit\n"
HELMS = {
    "listens": VERSION + "{sleeper}exec sleep 120",
    "is-deaf": VERSION + DEAF + "{sleeper}wait; exec sleep 120",
    "is-deaf-in-version": DEAF
    + "[ $1 = template ] && exec sleep 120\n{sleeper}wait; exec sleep 120",
}


@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
@pytest.mark.parametrize("helm", HELMS)
def test_a_signal_ends_everything(
    helm: str, number: signal.Signals, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    script(tmp_path / "helm", HELMS[helm].format(sleeper=sleeper(pids)))
    process = _lint(tmp_path)
    _wait_for(pids)
    start = time.monotonic()
    process.send_signal(number)
    _, err = process.communicate(timeout=10)
    assert process.returncode == CODES[number], err
    assert time.monotonic() - start < 8
    assert "Traceback" not in err
    assert still_there(pids) == []


@pytest.mark.parametrize("milliseconds", range(20, 620, 60))
def test_a_signal_may_come_at_any_time(milliseconds: int, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    pids.touch()
    script(tmp_path / "helm", f"echo $$ >> {pids}\n{VERSION}exec sleep 120")
    process = _lint(tmp_path)
    time.sleep(milliseconds / 1000)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=10)
    assert process.returncode in (143, -signal.SIGTERM), (
        err
    )  # the latter where Python itself was still starting
    assert "Traceback" not in err
    assert still_there(pids) == []


def test_a_signal_that_our_parent_ignores_is_ignored(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script(tmp_path / "helm", VERSION + sleeper(pids, 2) + "wait; exit 1")
    process = _lint(tmp_path, "nohup")
    _wait_for(pids)
    process.send_signal(signal.SIGHUP)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "template-failed" in out


def _lint(home: Path, *before: str) -> "subprocess.Popen[str]":
    argv = [*before, sys.executable, "-m", "helm_llm", "lint", "charts/vllm"]
    environment = {
        **os.environ,
        "HELM_BIN": str(home / "helm"),
        "HELM_LLM_HOME": str(home / "home"),
    }
    return subprocess.Popen(
        argv, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def _wait_for(pids: Path) -> None:
    deadline = time.monotonic() + 20
    while not (pids.exists() and pids.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


LOST = """
import os, signal, time
from helm_llm import signals
class Closing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.1)  # here it is raised, and Python ignores it
signals.listen()
try:
    Closing()
    time.sleep(10)
except KeyboardInterrupt:
    print(signals.received().exit_code)
"""


def test_a_signal_that_python_lost_is_sent_again() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOST],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=9,
    )
    assert (done.stdout, done.stderr) == ("143\n", "")


IMPORTING = """
import os, signal, sys, time
from helm_llm import signals
signals.listen()
sys.path.insert(0, sys.argv[1])
try:
    import imported
    print(imported.whole)
    time.sleep(10)
except KeyboardInterrupt:
    print(signals.received().exit_code)
"""


def test_an_import_is_not_cut_off(tmp_path: Path) -> None:
    """Native modules import others where an exception becomes a panic."""
    module = "import os, signal, time\nos.kill(os.getpid(), signal.SIGTERM)\ntime.sleep(0.2)\nwhole = True\n"
    (tmp_path / "imported.py").write_text(module, encoding="utf-8")
    argv = [sys.executable, "-c", IMPORTING, str(tmp_path)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=9)
    assert (done.stdout, done.stderr) == ("True\n143\n", "")


LAST_IMPORT = """
import sys, time
from helm_llm import __main__, cli
def running(*_, **__):
    import imported
    return 0
cli.helm_llm.main = running
sys.path.insert(0, sys.argv[1])
__main__._end_children = lambda: time.sleep(0.3)
__main__.main()
"""


def test_a_signal_during_the_last_import_ends_with_its_code(tmp_path: Path) -> None:
    """It is sent again when the command has already ended."""
    module = "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n"
    (tmp_path / "imported.py").write_text(module, encoding="utf-8")
    argv = [sys.executable, "-c", LAST_IMPORT, str(tmp_path)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=9)
    assert (done.returncode, done.stdout, done.stderr) == (143, "", "")


WRAPPED = """
import os, signal, sys, time
from helm_llm import __main__, cli
def failing(arguments):
    try:
        os.kill(os.getpid(), signal.SIGHUP)
        time.sleep(5)
    except KeyboardInterrupt as error:
        raise {error}("wrapped") from error
cli.helm_llm.main = lambda *_, **__: failing(())
__main__.main()
"""


@pytest.mark.parametrize("error", ["RuntimeError", "BaseException"])
def test_a_signal_that_something_wrapped_ends_with_its_code(error: str) -> None:
    code = WRAPPED.format(error=error)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=9,
    )
    assert (done.returncode, done.stdout, done.stderr) == (129, "", "")

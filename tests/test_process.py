"""Processes: outputs, missing programs, nothing left behind."""

import sys
import time
from functools import partial
from pathlib import Path

import pytest

from helm_llm import process
from helm_llm.errors import ToolError, UsageError
from helm_llm.process import pipes
from helm_llm.process.server import ServerProcess
from tests.leftovers import DEAF, script, sleeper, still_there


def test_outputs_and_exit_code_come_back() -> None:
    completed = process.run(
        sys.executable,
        "-c",
        "import sys; print(input()); print('e', file=sys.stderr); sys.exit(3)",
        stdin="x",
    )
    assert (completed.code, completed.stdout, completed.stderr) == (3, "x\n", "e\n")


def test_bytes_that_are_no_utf_8_do_not_fail() -> None:
    code = r"import sys; sys.stdout.buffer.write(b'\xff')"
    assert process.run(sys.executable, "-c", code).stdout == "\ufffd"


def test_a_missing_program_is_named() -> None:
    with pytest.raises(process.ToolMissing, match="no-such-program"):
        process.run("no-such-program")


def test_a_failed_command_can_be_pasted() -> None:
    completed = process.run(sys.executable, "-c", "import sys; sys.exit('it broke')")
    assert str(process.CommandFailed(completed)).startswith("it broke (from `")
    assert "'import sys; sys.exit" in str(process.CommandFailed(completed))


def test_processes_are_started_ahead_and_come_in_order() -> None:
    started: list[int] = []

    def call(number: int) -> process.Running:
        started.append(number)
        return process.start(sys.executable, "-c", f"print({number})")

    running = iter(process.Ahead((partial(call, number) for number in range(4)), 2))
    assert started == [0, 1]
    assert next(running).result().stdout == "0\n"
    assert started == [0, 1, 2]
    assert [each.result().stdout for each in running] == ["1\n", "2\n", "3\n"]


def test_what_still_runs_can_be_ended() -> None:
    running = process.start("sleep", "60")
    process.terminate_all()
    assert running.result().code < 0


def test_output_beyond_a_pipes_size_does_not_block() -> None:
    assert (
        len(process.run(sys.executable, "-c", "print('x' * 10**6)").stdout) == 10**6 + 1
    )


def test_a_program_that_takes_too_long_is_ended() -> None:
    with pytest.raises(
        process.TimedOut, match=r"timed out after 0\.2 s \(`sleep 60`\)"
    ):
        process.run("sleep", "60", timeout=0.2)


def test_a_variable_can_be_kept_from_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_PROXY", "x")
    code = "import os; print(os.environ.get('SOME_PROXY'), 'PATH' in os.environ)"
    assert (
        process.run(sys.executable, "-c", code, without=("SOME_PROXY",)).stdout
        == "None True\n"
    )


def test_a_token_is_never_shown() -> None:
    completed = process.run(
        sys.executable, "-c", "import sys; sys.exit('no')", "--token=secret"
    )
    assert "secret" not in str(process.CommandFailed(completed))


def test_a_serving_process_is_read_line_by_line_and_ended() -> None:
    with ServerProcess("sh", "-c", "echo one; echo two >&2; exec sleep 60") as serving:
        assert serving.line(10) == "one"
        assert serving.line(10) == "two"
        assert serving.line(0.1) is None


def test_a_process_that_does_not_listen_is_ended_all_the_same() -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    with ServerProcess(sys.executable, "-c", code) as serving:
        assert serving.line(10) == "up"


@pytest.mark.parametrize("deaf", ["", DEAF], ids=["", "deaf"])
def test_what_a_child_leaves_behind_ends_with_it(deaf: str, tmp_path: Path) -> None:
    tool, pids = tmp_path / "tool", tmp_path / "pids"
    completed = process.run(
        script(tool, deaf + sleeper(pids) + "echo done"), timeout=20
    )
    assert (completed.code, completed.stdout) == (0, "done\n")
    assert still_there(pids) == []


@pytest.mark.parametrize("deaf", ["", DEAF], ids=["", "deaf"])
def test_nothing_is_left_of_a_program_that_takes_too_long(
    deaf: str, tmp_path: Path
) -> None:
    tool, pids = tmp_path / "tool", tmp_path / "pids"
    start = time.monotonic()
    running = process.start(
        script(tool, deaf + sleeper(pids) + "exec sleep 120"), timeout=1
    )
    with pytest.raises(process.TimedOut):
        running.result()
    assert time.monotonic() - start < 6
    assert still_there(pids) == []


def test_a_daemon_that_keeps_the_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    tool, pids = tmp_path / "tool", tmp_path / "pids"
    script(
        tool,
        f"setsid sh -c 'echo $$ >> {pids}; exec sleep 6' &\nwhile ! [ -s {pids} ]; do :; done; echo ready",
    )
    start = time.monotonic()
    assert process.run(str(tool), timeout=30).stdout == "ready\n"
    assert time.monotonic() - start < 6
    assert still_there(pids, patience=15) == []


def test_the_time_begins_with_the_start() -> None:
    running = process.start("sleep", "60", timeout=0.3)
    time.sleep(0.4)
    start = time.monotonic()
    with pytest.raises(process.TimedOut):
        running.result()
    assert time.monotonic() - start < 3


@pytest.mark.parametrize("stream", ["", ">&2"])
def test_a_program_that_prints_without_end_is_ended(
    stream: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipes, "MAX_OUTPUT", 4 * 1024 * 1024)
    tool = script(tmp_path / "tool", f"{DEAF}yes {stream}")
    with pytest.raises(
        process.PrintedTooMuch, match=r"more than 4 MiB of output \(of `.*tool`\)"
    ):
        process.run(tool, timeout=20)


def test_ending_all_ends_those_that_do_not_listen_at_once(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    tool = script(tmp_path / "tool", DEAF + sleeper(pids) + "wait; exec sleep 120")
    running = [process.start(tool) for _ in range(3)]
    while not pids.exists() or len(pids.read_text().split()) < 3:
        time.sleep(0.05)
    start = time.monotonic()
    process.terminate_all()
    assert time.monotonic() - start < 5
    assert all(each.result().code < 0 for each in running)
    assert still_there(pids, patience=0) == []


@pytest.mark.parametrize("argument", ["a\0b", "a\ud800"])
def test_an_argument_that_cannot_be_one_is_refused(argument: str) -> None:
    with pytest.raises(
        UsageError, match="an argument for echo contains what no argument can"
    ):
        process.run("echo", argument)


def test_a_command_line_that_is_too_long_is_no_missing_program() -> None:
    with pytest.raises(
        ToolError, match="true cannot be started: Argument list too long"
    ):
        process.run("true", "x" * 10**7)


def test_newlines_are_those_of_text(tmp_path: Path) -> None:
    assert (
        process.run(script(tmp_path / "tool", r"printf 'a\r\nb\rc\n'")).stdout
        == "a\nb\nc\n"
    )


def test_input_that_is_not_read_blocks_nothing() -> None:
    assert process.run("true", stdin="x" * 10**7, timeout=20).code == 0


def test_a_serving_process_that_floods_is_still_read(tmp_path: Path) -> None:
    tool, pids = tmp_path / "tool", tmp_path / "pids"
    script(tool, sleeper(pids) + "exec head -c 50000000 /dev/zero")
    with ServerProcess(str(tool)) as serving:
        assert len(serving.line(10) or "") == 64 * 1024
    assert still_there(pids) == []

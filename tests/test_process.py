"""Processes: outputs, missing programs, nothing left behind."""

import sys
from functools import partial

import pytest

from helm_llm import process


def test_outputs_and_exit_code_come_back() -> None:
    completed = process.run(
        sys.executable, "-c", "import sys; print(input()); print('e', file=sys.stderr); sys.exit(3)", stdin="x"
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
    assert len(process.run(sys.executable, "-c", "print('x' * 10**6)").stdout) == 10**6 + 1


def test_a_program_that_takes_too_long_is_ended() -> None:
    with pytest.raises(process.TimedOut, match=r"no end after 0\.2 s \(of `sleep 60`\)"):
        process.run("sleep", "60", timeout=0.2)


def test_a_variable_can_be_kept_from_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_PROXY", "x")
    code = "import os; print(os.environ.get('SOME_PROXY'), 'PATH' in os.environ)"
    assert process.run(sys.executable, "-c", code, without=("SOME_PROXY",)).stdout == "None True\n"


def test_a_token_is_never_shown() -> None:
    completed = process.run(sys.executable, "-c", "import sys; sys.exit('no')", "--token=secret")
    assert "secret" not in str(process.CommandFailed(completed))


def test_a_serving_process_is_read_line_by_line_and_ended() -> None:
    with process.Serving("sh", "-c", "echo one; echo two >&2; exec sleep 60") as serving:
        assert serving.line(10) == "one"
        assert serving.line(10) == "two"
        assert serving.line(0.1) is None


def test_a_process_that_does_not_listen_is_ended_all_the_same() -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    with process.Serving(sys.executable, "-c", code) as serving:
        assert serving.line(10) == "up"

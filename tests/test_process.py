"""Processes: outputs, missing programs, nothing left behind."""

import sys
import time

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


def test_leaving_the_pool_ends_what_still_runs() -> None:
    with process.Background(1) as pool:
        running = pool.submit(lambda: process.run("sleep", "60"))
        deadline = time.monotonic() + 10
        while not process._running and time.monotonic() < deadline:
            time.sleep(0.01)
    assert running.result(timeout=10).code < 0

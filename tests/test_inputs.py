"""Files that others wrote: what they are, how large, how long they take, and that pipes are read once."""

import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from helm_llm import inputs
from helm_llm.errors import UsageError

MIB = inputs.MIB


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    inputs.forget()
    inputs.wait_at_most(inputs.SECONDS)


def fifo(name: str, data: bytes = b"", seconds: float = 0) -> str:
    """A FIFO that somebody writes to once, and holds open for some time."""
    os.mkfifo(name)

    def write() -> None:
        with open(name, "wb") as out:  # noqa: PTH123
            out.write(data)
            out.flush()
            time.sleep(seconds)

    threading.Thread(target=write, daemon=True).start()
    return name


def test_a_file_is_read() -> None:
    Path("a").write_bytes(b"x" * MIB)
    Path("link").symlink_to("a")
    assert inputs.read("a", "the file") == inputs.read("link", "the file") == b"x" * MIB


def _directory() -> str:
    Path("it").mkdir()
    return "it"


def _socket() -> str:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("it")
    return "it"


def _link(target: str) -> Callable[[], str]:
    def make() -> str:
        Path("it").symlink_to(target)
        return "it"

    return make


def _large() -> str:
    with open("it", "wb") as out:  # noqa: PTH123
        out.truncate(20 * 1024 * MIB)
    return "it"


ODD: dict[str, tuple[Callable[[], str], str]] = {
    "directory": (_directory, "cannot read the file it: it is a directory"),
    "socket": (_socket, "cannot read the file it: it is a socket"),
    "zero": (lambda: "/dev/zero", "cannot read the file /dev/zero: it is a device"),
    "full": (lambda: "/dev/full", "it is a device"),
    "random": (lambda: "/dev/urandom", "it is a device"),
    "terminal": (lambda: "/dev/tty", "it is a device"),
    "link-to-zero": (_link("/dev/zero"), "cannot read the file it: it is a device"),
    "link-to-itself": (
        _link("it"),
        "cannot read the file it: Too many levels of symbolic links",
    ),
    "link-to-nothing": (
        _link("nothing"),
        "cannot read the file it: No such file or directory",
    ),
    "absent": (lambda: "it", "cannot read the file it: No such file or directory"),
    "empty-name": (lambda: "", "No such file or directory"),
    "below-a-file": (lambda: f"{__file__}/x", "Not a directory"),
    "long-name": (lambda: "x" * 300, "File name too long"),
    "nul": (
        lambda: "a\0b",
        "is not a path: a path has no NUL and no unpaired surrogate",
    ),
    "surrogate": (
        lambda: "a\ud800",
        "is not a path: a path has no NUL and no unpaired surrogate",
    ),
    "large": (_large, "the file it is larger than 5 MiB: check the path"),
    "kernel-memory": (lambda: "/proc/self/mem", "cannot read the file /proc/self/mem"),
}


@pytest.mark.parametrize(("make", "says"), ODD.values(), ids=ODD)
def test_what_is_no_file_is_named(make: Callable[[], str], says: str) -> None:
    start = time.monotonic()
    name = make()
    with pytest.raises(UsageError) as caught:
        inputs.read(name, "the file")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert time.monotonic() - start < 2


def test_nothing_is_read_beyond_the_limit() -> None:
    Path("a").write_bytes(b"x" * 100)
    assert len(inputs.read("a", "the file", 100)) == 100
    with pytest.raises(UsageError, match="larger than"):
        inputs.read("a", "the file", 99)


def test_the_null_device_is_an_empty_file() -> None:
    Path("link").symlink_to(os.devnull)
    assert inputs.read(os.devnull, "the file") == inputs.read("link", "the file") == b""


def test_bytes_in_a_name_that_are_no_utf_8() -> None:
    name = os.fsdecode(b"a\xff")
    Path(name).write_text("x")
    assert inputs.read(name, "the file") == b"x"


class TestPipes:
    """What can be read only once."""

    def test_it_is_read_once_and_remembered(self) -> None:
        name = fifo("f", b"a: 1\n", 0.2)
        assert (
            inputs.read(name, "the file") == inputs.read(name, "the file") == b"a: 1\n"
        )

    def test_a_link_to_it_is_the_same(self) -> None:
        name = fifo("f", b"a: 1\n")
        Path("link").symlink_to(name)
        assert (
            inputs.read("link", "the file")
            == inputs.read(name, "the file")
            == b"a: 1\n"
        )

    def test_programs_read_the_same_as_often_as_they_like(self) -> None:
        data = b"x" * 3 * MIB
        copy = inputs.for_programs(fifo("f", data))
        for _ in range(3):
            assert (
                subprocess.run(["cat", copy], stdout=subprocess.PIPE, check=True).stdout
                == data
            )
        assert inputs.for_programs("f") == copy
        inputs.forget()
        assert not Path(copy).exists()

    def test_programs_read_them_where_there_is_no_memory_file(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(os, "memfd_create", raising=False)
        copy = inputs.for_programs(fifo("f", b"a: 1\n"))
        assert Path(copy).stat().st_mode & 0o777 == 0o600
        assert (
            subprocess.run(["cat", copy], stdout=subprocess.PIPE, check=True).stdout
            == b"a: 1\n"
        )
        inputs.forget()
        assert not Path(copy).exists()

    @pytest.mark.parametrize("name", ["a", "absent", "/dev/null", "."])
    def test_other_names_stay(self, name: str) -> None:
        Path("a").touch()
        assert inputs.for_programs(name) == name

    @pytest.mark.parametrize("seconds", [None, 30], ids=["no-writer", "no-end"])
    def test_it_has_a_deadline(self, seconds: float | None) -> None:
        if seconds is None:
            os.mkfifo("f")
        else:
            fifo("f", b"a: 1\n", seconds)
        inputs.wait_at_most(0.3)
        start = time.monotonic()
        with pytest.raises(
            inputs.NoEnd, match=r"cannot read the file f: it did not end within 0\.3 s"
        ):
            inputs.read("f", "the file")
        assert time.monotonic() - start < 3

    def test_it_has_a_limit(self) -> None:
        name = fifo("f", b"x" * 1000)
        with pytest.raises(UsageError, match="the file f is larger than"):
            inputs.read(name, "the file", 100)

    def test_where_only_a_file_will_do_it_is_refused(self) -> None:
        os.mkfifo("f")
        with pytest.raises(UsageError, match="cannot read the chart f: it is a pipe"):
            inputs.read_file("f", "the chart")

    def test_a_descriptor_is_another_one_in_a_program(self) -> None:
        Path("a").write_text("a: 1\n")
        with Path("a").open() as opened:
            name = f"/dev/fd/{opened.fileno()}"
            copy = inputs.for_programs(name)
            assert copy != name
            assert Path(copy).read_text() == "a: 1\n"


STDIN = ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]


class TestStandardInput:
    """By all of its names."""

    @pytest.mark.parametrize("name", STDIN)
    def test_it_is_read_once(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a: 1\n")))
        for again in (name, *STDIN):
            assert inputs.read(again, "the file") == b"a: 1\n"
        assert Path(inputs.for_programs(name)).read_text() == "a: 1\n"

    def test_a_link_to_it(self) -> None:
        Path("link").symlink_to("/dev/stdin")
        assert inputs.is_read_once("link")
        assert not inputs.is_read_once("link2")

    @pytest.mark.parametrize("closed", [True, False])
    def test_it_may_be_closed(
        self, closed: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stream = io.TextIOWrapper(io.BytesIO())
        stream.close()
        monkeypatch.setattr(sys, "stdin", stream if closed else None)
        with pytest.raises(
            UsageError, match="cannot read standard input: it is closed"
        ):
            inputs.read("-", "the file")

    def test_it_has_a_deadline(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ours, theirs = os.pipe()
        with os.fdopen(ours) as stream:
            monkeypatch.setattr(sys, "stdin", stream)
            inputs.wait_at_most(0.3)
            with pytest.raises(inputs.NoEnd, match="standard input: it did not end"):
                inputs.read("-", "the file")
            os.close(theirs)
            time.sleep(0.2)  # until who reads it has seen the end

"""Files that are replaced, files that are written in place, and files that are left alone."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helm_llm.errors import UsageError
from helm_llm.writing import append, make_directory, write_all

PACKAGE = str(Path(__file__).parents[1])


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a separate process that can import the package."""
    before = "import sys, os\nfrom pathlib import Path\nfrom helm_llm.writing import append, write_all\n"
    environment = {**os.environ, "PYTHONPATH": PACKAGE}
    argv = [sys.executable, "-c", before + code]
    return subprocess.run(
        argv, capture_output=True, text=True, env=environment, timeout=30
    )


@given(texts=st.lists(st.text(max_size=300), min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_what_is_written_is_what_is_read(texts: list[str]) -> None:
    write_all([(Path(f"{number}.txt"), text) for number, text in enumerate(texts)])
    for number, text in enumerate(texts):
        assert Path(f"{number}.txt").read_bytes() == text.encode(
            "utf-8", "backslashreplace"
        )
    assert not [name for name in names() if name.endswith(".partial")]


@given(mode=st.integers(0o200, 0o777).filter(lambda mode: mode & 0o200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_the_mode_stays(mode: int) -> None:
    file = Path("a.txt")
    file.unlink(missing_ok=True)
    file.write_text("before")
    file.chmod(mode)
    write_all([(file, "after")])
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_new_file_has_the_mode_of_the_umask() -> None:
    before = os.umask(0o027)
    try:
        write_all([(Path("a.txt"), "")])
    finally:
        os.umask(before)
    assert stat.S_IMODE(Path("a.txt").stat().st_mode) == 0o640


def test_a_link_keeps_leading_to_its_file() -> None:
    Path("real.txt").write_text("before")
    Path("one.txt").symlink_to("real.txt")
    Path("two.txt").symlink_to("one.txt")
    write_all([(Path("two.txt"), "after")])
    assert (Path("two.txt").readlink(), Path("one.txt").readlink()) == (
        Path("one.txt"),
        Path("real.txt"),
    )
    assert Path("real.txt").read_text() == "after"


def test_a_link_to_nothing_gets_its_file() -> None:
    Path("link.txt").symlink_to("absent.txt")
    write_all([(Path("link.txt"), "after")])
    assert Path("link.txt").is_symlink()
    assert Path("absent.txt").read_text() == "after"


def test_a_link_planted_at_an_old_scratch_name_is_not_followed() -> None:
    Path("victim").write_text("mine")
    for name in (
        ".a.txt.partial",
        "a.txt.partial",
        f"a.txt.{os.getpid()}",
        "a.txt.tmp",
    ):
        Path(name).symlink_to("victim")
    before = names()
    write_all([(Path("a.txt"), "after")])
    assert Path("victim").read_text() == "mine"
    assert names() == sorted([*before, "a.txt"])


def test_other_names_of_a_file_show_the_new_text() -> None:
    Path("a.txt").write_text("before, and longer than what comes")
    os.link("a.txt", "b.txt")
    write_all([(Path("a.txt"), "after")])
    assert Path("b.txt").read_text() == "after"
    assert Path("a.txt").samefile("b.txt")
    assert names() == ["a.txt", "b.txt"]


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_the_owner_stays() -> None:
    Path("a.txt").write_text("before")
    os.chown("a.txt", 12345, 23456)
    write_all([(Path("a.txt"), "after")])
    status = Path("a.txt").stat()
    assert (status.st_uid, status.st_gid, Path("a.txt").read_text()) == (
        12345,
        23456,
        "after",
    )


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("directory_mode", [0o755, 0o777, 0o1777])
def test_a_file_of_somebody_else_keeps_its_owner(
    directory_mode: int, tmp_path: Path
) -> None:
    for above in (tmp_path, *tmp_path.parents):
        if above.stat().st_uid == 0 and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o011)
    Path("a.txt").write_text("before")
    Path("a.txt").chmod(0o666)
    tmp_path.chmod(directory_mode)
    pid = os.fork()
    if pid == 0:  # without the group that lets the child give a file away
        os.setgroups([])
        os.setgid(34567)
        os.setuid(34567)
        try:
            write_all([(Path("a.txt"), "after")])
        except BaseException:
            os._exit(1)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    assert (Path("a.txt").stat().st_uid, Path("a.txt").read_text()) == (0, "after")
    assert names() == ["a.txt"]


@pytest.mark.parametrize("mode", [0o444, 0o400, 0o555, 0o000])
def test_a_read_only_file_is_refused_even_for_root(mode: int) -> None:
    Path("a.txt").write_text("before")
    Path("a.txt").chmod(mode)
    with pytest.raises(UsageError, match=r"^cannot write a\.txt: it is read-only$"):
        write_all([(Path("new.txt"), "1"), (Path("a.txt"), "after")])
    Path("a.txt").chmod(0o644)
    assert (names(), Path("a.txt").read_text()) == (["a.txt"], "before")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("directory", "it is a directory"),
        ("absent/a.txt", "No such file or directory"),
        ("file/a.txt", "Not a directory"),
        ("n" * 256, "File name too long"),
        ("d/" * 3000 + "a", "File name too long"),
        ("loop", "Too many levels of symbolic links"),
        ("a\0b", "embedded null byte"),
        ("socket", "No such device or address"),
        ("/dev/fd/987", "Bad file descriptor"),
        ("/dev/full", "No space left on device"),
    ],
)
def test_what_cannot_be_written_is_one_usage_error(name: str, why: str) -> None:
    import socket

    Path("directory").mkdir()
    Path("file").write_text("")
    Path("loop").symlink_to("loop")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        with pytest.raises(UsageError, match=why) as raised:
            write_all([(Path(name), "text")])
    assert "\n" not in str(raised.value)
    assert names() == ["directory", "file", "loop", "socket"]


def test_several_files_are_written_all_or_none() -> None:
    Path("a.txt").write_text("before")
    os.link("a.txt", "b.txt")
    Path("directory").mkdir()
    with pytest.raises(UsageError):
        write_all(
            [(Path("new.txt"), "1"), (Path("a.txt"), "2"), (Path("directory"), "3")]
        )
    assert (names(), Path("a.txt").read_text()) == (
        ["a.txt", "b.txt", "directory"],
        "before",
    )


def test_two_texts_for_one_file_are_refused() -> None:
    Path("link.txt").symlink_to("a.txt")
    with pytest.raises(UsageError, match="is the same file"):
        write_all([(Path("a.txt"), "1"), (Path("link.txt"), "2")])
    assert names() == ["link.txt"]


FULL = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
TRY = "from helm_llm.errors import UsageError\ntry:\n {}\nexcept UsageError as error:\n print(error)\n"


@pytest.mark.parametrize("links", [1, 2], ids=["replaced", "in-place"])
def test_a_disk_without_room_leaves_the_old_file(links: int) -> None:
    """A limit on the size of files fails in the same place as a full disk."""
    Path("a.txt").write_text("before")
    if links == 2:
        os.link("a.txt", "b.txt")
    before = names()
    run = python(
        FULL
        + TRY.format("write_all([(Path('new'), 'x'), (Path('a.txt'), 'y' * 5000)])")
    )
    assert run.stdout == "cannot write a.txt: File too large\n", run.stderr
    assert (names(), Path("a.txt").read_text()) == (before, "before")


def test_an_append_without_room_leaves_the_old_text() -> None:
    Path("a.txt").write_text("before\n")
    run = python(FULL + TRY.format("append(Path('a.txt'), 'y' * 5000)"))
    assert run.stdout == "cannot write a.txt: File too large\n", run.stderr
    assert Path("a.txt").read_text() == "before\n"


def test_a_device_stays_one() -> None:
    write_all([(Path("/dev/null"), "text"), (Path("a.txt"), "text")])
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    Path("link").symlink_to("/dev/null")
    write_all([(Path("link"), "text")])
    assert (Path("link").is_symlink(), names()) == (True, ["a.txt", "link"])


@pytest.mark.parametrize(
    "name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"]
)
@pytest.mark.parametrize("to", ["pipe", "file"])
def test_our_own_output_is_written_to(name: str, to: str) -> None:
    Path("link").symlink_to("/dev/stdout")
    code = f"print('one')\nwrite_all([(Path({name!r}), 'two\\n')])\nprint('three')\n"
    if to == "pipe":
        assert python(code).stdout == "one\ntwo\nthree\n"
        return
    before = "from pathlib import Path\nfrom helm_llm.writing import write_all\n"
    with Path("out.txt").open("w") as out:
        environment = {**os.environ, "PYTHONPATH": PACKAGE}
        subprocess.run(
            [sys.executable, "-c", before + code],
            stdout=out,
            env=environment,
            check=True,
        )
    assert Path("out.txt").read_text() == "one\ntwo\nthree\n"


def test_a_process_substitution_is_written_to() -> None:
    ours, theirs = os.pipe()
    write_all([(Path(f"/dev/fd/{theirs}"), "text")])
    os.close(theirs)
    assert os.read(ours, 100) == b"text"
    os.close(ours)


def test_a_named_pipe_is_written_to() -> None:
    os.mkfifo("pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(Path("pipe").read_bytes()))
    reader.start()
    write_all([(Path("pipe"), "x" * 200_000)])
    reader.join(10)
    assert read == [b"x" * 200_000]
    assert stat.S_ISFIFO(Path("pipe").stat().st_mode)


def test_a_pipe_without_a_reader_does_not_block(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("helm_llm.writing.stream.READER_SECONDS", 0.2)
    os.mkfifo("pipe")
    with pytest.raises(UsageError, match=r"no reader opened the pipe within 0\.2 s"):
        write_all([(Path("pipe"), "text")])
    with pytest.raises(UsageError):
        append(Path("pipe"), "text")


def test_append_adds_and_follows_no_link() -> None:
    Path("a.txt").write_text("one\n")
    append(Path("a.txt"), "two\n")
    append(Path("new.txt"), "two\n")
    assert (Path("a.txt").read_text(), Path("new.txt").read_text()) == (
        "one\ntwo\n",
        "two\n",
    )
    Path("link").symlink_to("a.txt")
    with pytest.raises(UsageError, match="cannot write link"):
        append(Path("link"), "three\n")
    assert Path("a.txt").read_text() == "one\ntwo\n"


@pytest.mark.parametrize("name", ["absent/a.txt", ".", "a\0b", "/dev/full", "n" * 300])
def test_what_cannot_be_added_to_is_one_usage_error(name: str) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        append(Path(name), "text")


def test_a_directory_that_cannot_be_made_is_one_usage_error() -> None:
    Path("file").write_text("")
    for name in ("file", "file/below", "a\0b"):
        with pytest.raises(UsageError, match="cannot write"):
            make_directory(Path(name))
    make_directory(Path("a/b"))
    make_directory(Path("a/b"))


def test_a_kill_at_any_time_leaves_the_old_or_the_new_text() -> None:
    old, new = "old\n" * 50_000, "new\n" * 50_000
    code = "for _ in range(9999):\n for text in ('old\\n', 'new\\n'):\n  write_all([(Path('a.txt'), text * 50_000)])\n"
    Path("a.txt").write_text(old)
    for number in range(6):
        environment = {**os.environ, "PYTHONPATH": PACKAGE}
        before = "from pathlib import Path\nfrom helm_llm.writing import write_all\nprint(flush=True)\n"
        child = subprocess.Popen(
            [sys.executable, "-c", before + code],
            env=environment,
            stdout=subprocess.PIPE,
        )
        assert child.stdout
        child.stdout.readline()
        threading.Event().wait(0.01 + number * 0.007)
        child.kill()
        child.communicate()
        assert Path("a.txt").read_text() in (old, new)
    write_all([(Path("a.txt"), "last")])
    assert Path("a.txt").read_text() == "last"

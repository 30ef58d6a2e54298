"""Names of a cluster, a chart or an image reach the programs behind `--`: they are never options."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from helm_llm.errors import UsageError
from helm_llm.names import namespace, release_name
from helm_llm.process import CommandFailed
from helm_llm.tools.docker import Docker
from helm_llm.tools.helm import Helm, local_path
from helm_llm.tools.helm_release import Releases
from helm_llm.tools.kind import Kind
from helm_llm.tools.kubectl import Access, Kubectl, Unanswered

EVIL = "--post-renderer=./evil.sh"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that writes down its arguments and fails."""
    path = tmp_path / "program"
    path.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/argv\nexit 1\n')
    path.chmod(0o755)
    return path


def behind_dashes(program: Path) -> list[str]:
    words = (program.parent / "argv").read_text().splitlines()
    return words[words.index("--") + 1 :]


@pytest.mark.parametrize(
    "verb", ["status", "install", "template", "test", "uninstall", "pull"]
)
def test_helm(verb: str, program: Path) -> None:
    releases = Releases(Helm(str(program)), Access(), "ai")
    calls: dict[str, Callable[[], object]] = {
        "status": lambda: releases.status(EVIL),
        "install": lambda: releases.install(EVIL, EVIL, ["--set=a=1"], 1),
        "template": lambda: releases.template(EVIL, EVIL, ["--set=a=1"]),
        "test": lambda: releases.test(EVIL, 1),
        "uninstall": lambda: releases.uninstall(EVIL, wait=True),
        "pull": lambda: releases.helm.pull(EVIL, "1", "d"),
    }
    with suppress(CommandFailed):
        calls[verb]()
    expected = [EVIL, f"./{EVIL}"] if verb in ("install", "template") else [EVIL]
    assert behind_dashes(program) == expected


@pytest.mark.parametrize("verb", ["delete", "patch", "port-forward"])
def test_kubectl(verb: str, program: Path) -> None:
    kubectl = Kubectl(str(program), Access(), "ai")
    if verb == "port-forward":
        with kubectl.port_forward(EVIL, "80") as serving:
            assert serving.line(5) is None
        assert behind_dashes(program) == [EVIL, ":80"]
        return
    with pytest.raises(Unanswered):
        kubectl.delete("pod", EVIL) if verb == "delete" else kubectl.patch_status(
            "pod", EVIL, {}
        )
    assert behind_dashes(program) == ["pod", EVIL]


def test_docker_and_kind(program: Path) -> None:
    docker = Docker(str(program))
    assert not docker.has_image(EVIL)
    assert behind_dashes(program) == [EVIL]
    assert docker.state(EVIL) is None
    assert behind_dashes(program) == [EVIL]
    with pytest.raises(CommandFailed):
        Kind(str(program)).load("cluster", [EVIL])
    assert behind_dashes(program) == [EVIL]


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("chart", "./chart"),
        ("evil://x", "./evil://x"),
        ("-c", "./-c"),
        ("/a", "/a"),
        ("../a", "./../a"),
        ("-", "-"),
    ],
)
def test_a_path_is_only_a_path(path: str, given: str) -> None:
    assert local_path(path) == given


@pytest.mark.parametrize(
    "text", ["", "-a", "a-", "A", "a_b", "a\n", "a" * 54, EVIL, "a..b", "é"]
)
def test_not_a_release(text: str) -> None:
    with pytest.raises(UsageError, match="is not a release name"):
        release_name(text)


@pytest.mark.parametrize("text", ["", "-a", "a.b", "a" * 64, "a\n", "../a", "a/b"])
def test_not_a_namespace(text: str) -> None:
    with pytest.raises(UsageError, match="is not a namespace"):
        namespace(text)


def test_names_that_are() -> None:
    assert [release_name(text) for text in ("a", "my-llm.v2", "0", "a" * 53)]
    assert [namespace(text) for text in ("a", "team-1", "a" * 63)]

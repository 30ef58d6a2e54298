"""The scripts that start the server on several nodes, with fakes of the programs they call."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

RECORD = 'printf "%s\\n" "$0" "$@" > "$BOX/$(basename "$0").argv"'


@pytest.fixture
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a Secret with an SSH key looks like under fsGroup."""
    directory = tmp_path_factory.mktemp("pk")
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "rsa", "-N", "", "-f", directory / "private.key"],
        check=True,
    )
    (directory / "private.key").chmod(0o440)
    return directory


def group(box: Any, keys: Path) -> dict[str, str]:
    directory = box.root / "ssh"
    directory.mkdir()
    box.script("ssh-keys.sh")
    return {"SSH_KEYS": str(keys), "SSH_DIRECTORY": str(directory)}


def leader(box: Any, keys: Path, hosts: str) -> tuple[int, str]:
    (box.root / "etc/mpi/hostfile-3").write_text(hosts)
    box.fake("mpirun", RECORD)
    variables = {
        **group(box, keys),
        "GROUP_INDEX": "3",
        "CLUSTER_SIZE": "2",
        "GPUS_PER_NODE": "8",
        "CLUSTER_START_TIMEOUT": "1",
        "EXPORTED_NAMES": "NIM_CACHE_PATH HF_TOKEN",
    }
    result: tuple[int, str] = box.run("bash", "start-leader.sh", **variables)
    return result


@contextmanager
def listening(host: str) -> Iterator[None]:
    with socket.create_server((host, 2222)):
        yield


@pytest.mark.parametrize(
    ("user", "flag"), [("0", ["--allow-run-as-root"]), ("1000", [])]
)
def test_the_leader_starts_all_ranks(
    box: Any, keys: Path, user: str, flag: list[str]
) -> None:
    box.fake("id", f"echo {user}")
    with listening("127.0.0.22"):
        code, output = leader(box, keys, "localhost slots=8\n127.0.0.22 slots=8\n")
    assert code == 0, output
    hostfile = box.root / "etc/mpi/hostfile-3"
    assert box.read("mpirun.argv").splitlines()[1:] == [
        *flag,
        *f"-n 16 -bind-to none --hostfile {hostfile} -map-by slot -x NIM_CACHE_PATH -x HF_TOKEN".split(),
        str(box.root / "opt/nim/start-mpi-cluster.sh"),
    ]
    assert (box.root / "ssh/id_rsa").stat().st_mode & 0o777 == 0o600
    assert box.read("ssh/authorized_keys") == box.read("ssh/id_rsa.pub") != ""
    assert f"IdentityFile {box.root}/ssh/id_rsa" in box.read("ssh/config")


def test_the_leader_gives_up_before_mpirun(box: Any, keys: Path) -> None:
    with listening("127.0.0.22"):
        code, output = leader(
            box, keys, "localhost slots=8\n127.0.0.22 slots=8\n127.0.0.23 slots=8\n"
        )
    assert code == 1
    assert "127.0.0.23 does not answer on port 2222 after 1 s" in output
    assert not (box.root / "mpirun.argv").exists()


def worker(box: Any, user: str, **variables: str) -> str:
    (box.root / "etc/ssh/sshd_config").write_text(
        "Port 22\nport 23\nHostKey /etc/ssh/key\nUsePAM no\n"
    )
    box.fake("sshd", RECORD)
    box.fake("id", f"echo {user}")
    box.fake("chown", RECORD)
    code, output = box.run("bash", "start-worker.sh", **variables)
    assert code == 0, output
    argv: list[str] = box.read("sshd.argv").splitlines()
    assert argv == [
        str(box.root / "bin/sshd"),
        "-De",
        "-f",
        str(box.root / "ssh-confs/sshd_config"),
    ]
    text: str = box.read("ssh-confs/sshd_config")
    return text


@pytest.mark.parametrize("user", ["0", "1000"])
def test_a_worker_runs_sshd(box: Any, keys: Path, user: str) -> None:
    config = worker(box, user, **group(box, keys)).splitlines()
    assert [line for line in config if line.lower().startswith("port")] == ["Port 2222"]
    assert [line for line in config if line.startswith("HostKey")] == [
        f"HostKey {box.root}/ssh-confs/host_key"
    ]
    assert config[-1] == "UsePAM no"
    assert (box.root / "ssh-confs/host_key").stat().st_mode & 0o777 == 0o600
    assert box.read("ssh/authorized_keys")
    owned = box.root / "chown.argv"
    assert owned.exists() == (user == "0")
    if owned.exists():
        assert owned.read_text().splitlines()[1:] == [
            "root:root",
            str(box.root / "var/run/sshd"),
        ]


def test_a_worker_of_an_mpi_job_gets_its_keys_from_the_operator(box: Any) -> None:
    worker(box, "1000")
    worker(box, "1000")
    assert not (box.root / "ssh").exists()


@pytest.mark.parametrize(
    ("logging", "packer", "packed"),
    [("1", True, True), ("1", False, False), ("0", True, False)],
    ids=str,
)
def test_a_rank_packs_its_logs_when_it_can(
    box: Any, logging: str, packer: bool, packed: bool
) -> None:
    interpreter = box.root / "opt/nim/llm/.venv/bin/python3"
    interpreter.parent.mkdir(parents=True)
    interpreter.write_text(
        f"""#!/bin/bash
case "$*" in
  "-c import "*) exit {0 if packer else 1} ;;
  *pack_all_logs*) sed 's/^/packed /' ;;
  *) echo "server $2"; exit 9 ;;
esac
"""
    )
    interpreter.chmod(0o755)
    code, output = box.run("bash", "start-mpi-cluster.sh", NIM_JSONL_LOGGING=logging)
    assert code == 9
    assert (
        output
        == f"{'packed ' if packed else ''}server nim_llm_sdk.entrypoints.openai.api_server\n"
    )

"""The scripts of the chart, with fakes of the programs they call."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NGC = {
    "NGC_EXE": "ngc",
    "NGC_CLI_ORG": "acme",
    "NGC_MODEL_NAME": "llama",
    "NGC_MODEL_VERSION": "1.0",
    "MODEL_NAME": "llama",
}
NGC_FAKE = 'echo "$@" >> "$BOX/calls"; echo weights > "$STORE_MOUNT_PATH/llama_v1.0/weights"'
RECORD = 'printf "%s\\n" "$0" "$@" > "$BOX/$(basename "$0").argv"'


@pytest.fixture
def store(box: Any) -> Path:
    path: Path = box.root / "store"
    path.mkdir()
    return path


def settings(store: Path, **more: str) -> dict[str, str]:
    return {**NGC, "STORE_MOUNT_PATH": str(store), **more}


def files(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def eventually(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_ngc_downloads_once(box: Any, store: Path) -> None:
    box.fake("ngc", NGC_FAKE)
    for _ in range(2):
        code, output = box.run("bash", "ngc_pull.sh", **settings(store))
        assert code == 0, output
    assert box.read("calls") == f"registry model download-version --dest {store} acme/llama:1.0\n"
    assert files(store / "llama_v1.0") == [".ready", "weights"]


def test_ngc_gives_the_lock_back_when_it_fails(box: Any, store: Path) -> None:
    box.fake("ngc", "exit 7")
    code, _ = box.run("bash", "ngc_pull.sh", **settings(store))
    assert code == 7
    assert not list(store.glob("*/.*"))


def test_ngc_waiter_takes_over_from_a_killed_holder(box: Any, store: Path) -> None:
    box.fake("ngc", f'if mkdir "$BOX/first" 2>/dev/null; then exec {shutil.which("sleep")} 60; fi; {NGC_FAKE}')
    holder = box.start("bash", "ngc_pull.sh", settings(store))
    eventually((box.root / "first").exists)
    waiter = box.start("bash", "ngc_pull.sh", settings(store))
    assert "another pod" in waiter.stdout.readline()
    holder.send_signal(signal.SIGTERM)
    assert holder.wait(10) == 143
    output, _ = waiter.communicate(timeout=20)
    assert waiter.returncode == 0, output
    assert files(store / "llama_v1.0") == [".ready", "weights"]
    holder.stdout.close()


def test_ngc_waiter_gives_up_and_names_the_lock(box: Any, store: Path) -> None:
    lock = store / "llama_v1.0" / ".lock"
    lock.mkdir(parents=True)
    code, output = box.run("bash", "ngc_pull.sh", **settings(store, NGC_LOCK_TIMEOUT="1"))
    assert code == 1
    assert f"{lock} is still there" in output
    assert lock.exists()


def test_ngc_says_what_to_do_without_the_program(box: Any, store: Path) -> None:
    code, output = box.run("bash", "ngc_pull.sh", **settings(store, NGC_EXE="no-such-ngc"))
    assert code == 1
    assert "there is no no-such-ngc in this image" in output


def test_ngc_program_is_downloaded(box: Any, store: Path) -> None:
    box.fake("wget", 'echo "$3" > "$BOX/url"')
    box.fake(
        "unzip", f"mkdir -p \"$BOX/tmp/ngc-cli\"; printf '#!/bin/bash\\n%s' '{NGC_FAKE}' > \"$BOX/tmp/ngc-cli/ngc\""
    )
    code, output = box.run("bash", "ngc_pull.sh", **settings(store, DOWNLOAD_NGC_CLI="true", NGC_CLI_VERSION="3.41.1"))
    assert code == 0, output
    assert "/versions/3.41.1/files/ngccli_linux.zip" in box.read("url")
    assert (store / "llama_v1.0" / "weights").exists()


@pytest.mark.parametrize("key", ["", "s3cret"])
def test_ngc_unpacks(box: Any, store: Path, key: str) -> None:
    packed = box.root / "packed"
    (packed / "model-store").mkdir(parents=True)
    (packed / "model-store" / "config").write_text("x")
    target = "$STORE_MOUNT_PATH/llama_v1.0"
    tar = f'tar -czf "{target}/1.0.tar.gz" -C "{packed}" model-store'
    encrypt = f'openssl enc -aes-256-cbc -pbkdf2 -pass pass:{key} -in "{target}/1.0.tar.gz" -out "{target}/llama.enc"'
    box.fake("ngc", f"{tar}; {f'{encrypt}; rm {target}/1.0.tar.gz' if key else ':'}")
    code, output = box.run("bash", "ngc_pull.sh", **settings(store, TARFILE="true", NGC_DECRYPT_KEY=key))
    assert code == 0, output
    assert (store / "model-store" / "config").read_text() == "x"
    assert files(store / "llama_v1.0") == [".ready"]


HF_FAKE = """
printf '%s\\n' "$*" >> "$BOX/calls"
while [ "$1" != --local-dir ]; do shift; done
mkdir -p "$2"
touch "$2/adapter_config.json" "$2/adapter_model.safetensors"
chmod 700 "$2"
"""


def loras(box: Any, repositories: str, **more: str) -> tuple[int, str]:
    variables = {"LORA_REPOSITORIES": repositories, "NIM_PEFT_SOURCE": str(box.root / "loras"), "HUB_VERSION": "2.4.0"}
    result: tuple[int, str] = box.run("sh", "download_loras.sh", **variables, **more)
    return result


def test_loras_are_downloaded_side_by_side(box: Any) -> None:
    box.fake("hf", HF_FAKE)
    code, output = loras(box, "acme/a\nacme/b@v1")
    assert code == 0, output
    patterns = "--include adapter_config.json --include adapter_model.*"
    directory = box.root / "loras"
    assert box.read("calls").splitlines() == [
        f"download acme/a {patterns} --local-dir {directory}/a",
        f"download acme/b --revision v1 {patterns} --local-dir {directory}/b",
    ]
    assert (directory / "a").stat().st_mode & 0o777 == 0o755


def test_loras_that_are_complete_are_kept_and_others_begin_anew(box: Any) -> None:
    box.fake("hf", HF_FAKE)
    loras(box, "acme/a")
    (box.root / "loras/b").mkdir()
    (box.root / "loras/b/part").touch()
    assert loras(box, "acme/a\nacme/b")[0] == 0
    assert [line.split()[1] for line in box.read("calls").splitlines()] == ["acme/a", "acme/b"]
    assert not (box.root / "loras/b/part").exists()


def test_loras_of_one_name_are_refused(box: Any) -> None:
    box.fake("hf", HF_FAKE)
    code, output = loras(box, "acme/a\nother/a")
    assert code == 1
    assert "acme/a and other/a would share the directory" in output


@pytest.mark.parametrize(
    ("hf", "complaint"),
    [
        ("echo no such repository; exit 3", "no such repository"),
        (HF_FAKE.replace("$2/adapter_config.json", "$2/config.json"), "no adapter_config.json"),
        (HF_FAKE.replace("model.safetensors", "model.txt"), "neither adapter_model.safetensors"),
    ],
    ids=["download", "config", "weights"],
)
def test_a_missing_adapter_ends_the_container(box: Any, hf: str, complaint: str) -> None:
    box.fake("hf", hf)
    code, output = loras(box, "acme/a\nacme/b")
    assert code != 0
    assert complaint in output
    assert not list((box.root / "tmp/done").iterdir())


def test_loras_install_the_hub_where_it_is_missing(box: Any) -> None:
    install = f"""mkdir -p "$BOX/tmp/hub/bin"
printf '%s\\n' "$*" >> "$BOX/pip"
cat > "$BOX/tmp/hub/bin/hf" <<"EOT"
{HF_FAKE}
EOT"""
    box.fake("python3", f'if [ "$1" = -m ]; then\n{install}\nelse exec bash "$@"; fi')
    path = f"{box.root}/bin:/usr/bin:/bin"
    code, output = loras(box, "acme/a\nacme/b", PATH=path, SSL_CERT_FILE="/ca")
    assert code == 0, output
    target = box.root / "tmp/hub"
    assert (
        box.read("pip")
        == f"-m pip install --no-cache-dir --upgrade --target {target} --cert /ca huggingface_hub==2.4.0\n"
    )
    assert len(box.read("calls").splitlines()) == 2


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a Secret with an SSH key looks like under fsGroup."""
    directory = tmp_path_factory.mktemp("pk")
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-N", "", "-f", directory / "private.key"], check=True)
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


@pytest.mark.parametrize(("user", "flag"), [("0", ["--allow-run-as-root"]), ("1000", [])])
def test_the_leader_starts_all_ranks(box: Any, keys: Path, user: str, flag: list[str]) -> None:
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
        code, output = leader(box, keys, "localhost slots=8\n127.0.0.22 slots=8\n127.0.0.23 slots=8\n")
    assert code == 1
    assert "127.0.0.23 does not answer on port 2222 after 1 s" in output
    assert not (box.root / "mpirun.argv").exists()


def worker(box: Any, user: str, **variables: str) -> str:
    (box.root / "etc/ssh/sshd_config").write_text("Port 22\nport 23\nHostKey /etc/ssh/key\nUsePAM no\n")
    box.fake("sshd", RECORD)
    box.fake("id", f"echo {user}")
    box.fake("chown", RECORD)
    code, output = box.run("bash", "start-worker.sh", **variables)
    assert code == 0, output
    argv: list[str] = box.read("sshd.argv").splitlines()
    assert argv == [str(box.root / "bin/sshd"), "-De", "-f", str(box.root / "ssh-confs/sshd_config")]
    text: str = box.read("ssh-confs/sshd_config")
    return text


@pytest.mark.parametrize("user", ["0", "1000"])
def test_a_worker_runs_sshd(box: Any, keys: Path, user: str) -> None:
    config = worker(box, user, **group(box, keys)).splitlines()
    assert [line for line in config if line.lower().startswith("port")] == ["Port 2222"]
    assert [line for line in config if line.startswith("HostKey")] == [f"HostKey {box.root}/ssh-confs/host_key"]
    assert config[-1] == "UsePAM no"
    assert (box.root / "ssh-confs/host_key").stat().st_mode & 0o777 == 0o600
    assert box.read("ssh/authorized_keys")
    owned = box.root / "chown.argv"
    assert owned.exists() == (user == "0")
    if owned.exists():
        assert owned.read_text().splitlines()[1:] == ["root:root", str(box.root / "var/run/sshd")]


def test_a_worker_of_an_mpi_job_gets_its_keys_from_the_operator(box: Any) -> None:
    worker(box, "1000")
    worker(box, "1000")
    assert not (box.root / "ssh").exists()


@pytest.mark.parametrize(
    ("logging", "packer", "packed"), [("1", True, True), ("1", False, False), ("0", True, False)], ids=str
)
def test_a_rank_packs_its_logs_when_it_can(box: Any, logging: str, packer: bool, packed: bool) -> None:
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
    assert output == f"{'packed ' if packed else ''}server nim_llm_sdk.entrypoints.openai.api_server\n"

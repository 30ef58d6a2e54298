"""The download for images from before NIM 1.0, with a fake NGC CLI."""

import shutil
import signal
import time
from collections.abc import Callable
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
NGC_FAKE = (
    'echo "$@" >> "$BOX/calls"; echo weights > "$STORE_MOUNT_PATH/llama_v1.0/weights"'
)


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
    assert (
        box.read("calls")
        == f"registry model download-version --dest {store} acme/llama:1.0\n"
    )
    assert files(store / "llama_v1.0") == [".ready", "weights"]


def test_ngc_gives_the_lock_back_when_it_fails(box: Any, store: Path) -> None:
    box.fake("ngc", "exit 7")
    code, _ = box.run("bash", "ngc_pull.sh", **settings(store))
    assert code == 7
    assert not list(store.glob("*/.*"))


def test_ngc_waiter_takes_over_from_a_killed_holder(box: Any, store: Path) -> None:
    box.fake(
        "ngc",
        f'if mkdir "$BOX/first" 2>/dev/null; then exec {shutil.which("sleep")} 60; fi; {NGC_FAKE}',
    )
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
    code, output = box.run(
        "bash", "ngc_pull.sh", **settings(store, NGC_LOCK_TIMEOUT="1")
    )
    assert code == 1
    assert f"{lock} still exists" in output
    assert lock.exists()


def test_ngc_says_what_to_do_without_the_program(box: Any, store: Path) -> None:
    code, output = box.run(
        "bash", "ngc_pull.sh", **settings(store, NGC_EXE="no-such-ngc")
    )
    assert code == 1
    assert "there is no no-such-ngc in this image" in output


def test_ngc_program_is_downloaded(box: Any, store: Path) -> None:
    box.fake("wget", 'echo "$3" > "$BOX/url"')
    box.fake(
        "unzip",
        f"mkdir -p \"$BOX/tmp/ngc-cli\"; printf '#!/bin/bash\\n%s' '{NGC_FAKE}' > \"$BOX/tmp/ngc-cli/ngc\"",
    )
    code, output = box.run(
        "bash",
        "ngc_pull.sh",
        **settings(store, DOWNLOAD_NGC_CLI="true", NGC_CLI_VERSION="3.41.1"),
    )
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
    code, output = box.run(
        "bash", "ngc_pull.sh", **settings(store, TARFILE="true", NGC_DECRYPT_KEY=key)
    )
    assert code == 0, output
    assert (store / "model-store" / "config").read_text() == "x"
    assert files(store / "llama_v1.0") == [".ready"]

"""The download of LoRA adapters, with a fake `hf`."""

from typing import Any

import pytest

HF_FAKE = """
printf '%s\\n' "$*" >> "$BOX/calls"
while [ "$1" != --local-dir ]; do shift; done
mkdir -p "$2"
touch "$2/adapter_config.json" "$2/adapter_model.safetensors"
chmod 700 "$2"
"""


def loras(box: Any, repositories: str, **more: str) -> tuple[int, str]:
    variables = {
        "LORA_REPOSITORIES": repositories,
        "NIM_PEFT_SOURCE": str(box.root / "loras"),
        "HUB_VERSION": "2.4.0",
    }
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
    assert [line.split()[1] for line in box.read("calls").splitlines()] == [
        "acme/a",
        "acme/b",
    ]
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
        (
            HF_FAKE.replace("$2/adapter_config.json", "$2/config.json"),
            "no adapter_config.json",
        ),
        (
            HF_FAKE.replace("model.safetensors", "model.txt"),
            "neither adapter_model.safetensors",
        ),
    ],
    ids=["download", "config", "weights"],
)
def test_a_missing_adapter_ends_the_container(
    box: Any, hf: str, complaint: str
) -> None:
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

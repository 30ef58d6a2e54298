"""Text of a repository never becomes an option of Helm, nor a path outside: shown with the real Helm."""

import json
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from helm_llm import checkout
from helm_llm.cli import run
from helm_llm.errors import UsageError
from helm_llm.lint.config.file import SCHEMA
from helm_llm.names import NAMESPACE, NAMESPACE_LENGTH, RELEASE, RELEASE_LENGTH

CHART = "apiVersion: v2\nname: tiny\nversion: 0.1.0\n"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: {{ .Values.a | quote }}}\n"
EVIL = "#!/bin/sh\ntouch {marker}\ncat\n"
GETTER = """\
name: evil
version: 0.1.0
usage: a getter of a scheme of its own
description: a getter of a scheme of its own
command: "{script}"
downloaders:
- command: "evil.sh"
  protocols: [evil, s3]
"""

Lint = Callable[..., "tuple[int, str]"]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a chart and a script that leaves a mark, the working directory."""
    root = tmp_path / "repository"
    chart(root / "chart")
    (root / ".git").mkdir()
    write(root / "evil.sh", EVIL.format(marker=tmp_path / "ran")).chmod(0o755)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plugin of the user's that gets files of the schemes evil:// and s3://."""
    place = tmp_path / "plugins" / "evil"
    script = write(place / "evil.sh", EVIL.format(marker=tmp_path / "ran"))
    script.chmod(0o755)
    write(place / "plugin.yaml", GETTER.format(script=script))
    monkeypatch.setenv("HELM_PLUGINS", str(place.parent))
    return place


@pytest.fixture
def lint(
    helm: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Lint:
    """Lint as a user does; returns the exit code and what is on the screen. Nothing may run, or be written outside."""
    monkeypatch.setenv("HELM_BIN", helm)
    before = sorted(tmp_path.iterdir())

    def call(*arguments: str) -> tuple[int, str]:
        code = run(("lint", *arguments))
        out, err = capfd.readouterr()
        assert not (tmp_path / "ran").exists()
        assert sorted(tmp_path.iterdir()) == sorted(
            {*before, *tmp_path.glob("plugins")}
        )
        return code, out + err

    return call


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def chart(place: Path) -> None:
    write(place / "Chart.yaml", CHART)
    write(place / "values.yaml", "a: 1\n")
    write(place / "templates" / "map.yaml", CONFIG_MAP)


OPTIONS = (
    "--post-renderer=./evil.sh",
    "--output-dir=pwn",
    "--dry-run=server",
    "--debug",
    "-h",
    "--",
    "-",
)


@pytest.mark.parametrize("text", OPTIONS)
@pytest.mark.parametrize(
    "key", ["releaseName", "namespace", "kubeVersion", "apiVersions", "version"]
)
def test_the_configuration_passes_no_option(
    key: str, text: str, repository: Path, lint: Lint
) -> None:
    value = [text] if key == "apiVersions" else text
    write(
        repository / ".helm-llm.yaml",
        json.dumps({"targets": [{"chart": "chart", key: value}]}),
    )
    code, screen = lint()
    assert code == 2
    assert screen.startswith("Error: .helm-llm.yaml:1:")
    assert not (repository / "pwn").exists()


@pytest.mark.parametrize("text", OPTIONS)
def test_nor_does_the_command_line_by_the_name_of_a_release(
    text: str, repository: Path, lint: Lint
) -> None:
    code, screen = lint("chart", f"--release-name={text}")
    assert (code, screen) == (
        2,
        f"Error: {text!r} is not a release name: use a-z, 0-9, `-` and `.`, at most 53 characters\n",
    )
    assert not (repository / "pwn").exists()


@pytest.mark.parametrize(
    "name", ["--post-renderer=.", "-c", "--output-dir=pwn", "evil:"]
)
def test_a_chart_of_any_name_is_a_chart(
    name: str, repository: Path, lint: Lint
) -> None:
    chart(repository / name)
    assert lint("--", name)[0] == 0
    write(repository / ".helm-llm.yaml", json.dumps({"targets": [{"chart": name}]}))
    assert lint()[0] == 0
    assert lint(".")[0] == 0
    assert not (repository / "pwn").exists()


@pytest.mark.parametrize(
    "name",
    ["--post-renderer=.yaml", "-f.yaml", "evil:/x.yaml", "s3:/b/x.yaml", 'a,"b".yaml'],
)
@pytest.mark.usefixtures("plugin")
def test_values_of_any_name_are_values(name: str, repository: Path, lint: Lint) -> None:
    write(repository / "overlays" / name, "a: 2\n")
    write(repository / name, "a: 2\n")
    assert lint("chart", "--each", "overlays/**/*.yaml")[0] == 0
    write(
        repository / ".helm-llm.yaml",
        json.dumps({"targets": [{"chart": "chart", "values": [name]}]}),
    )
    code, screen = lint()
    assert (code, "1 values file" in screen) == (0, True)


@pytest.mark.parametrize(
    "reference", ["evil://x/chart", "s3://bucket/chart", "evil:/x"]
)
@pytest.mark.usefixtures("plugin")
def test_a_chart_starts_no_getter_plugin(
    reference: str, repository: Path, lint: Lint
) -> None:
    write(
        repository / ".helm-llm.yaml", json.dumps({"targets": [{"chart": reference}]})
    )
    code, screen = lint()
    assert (code, screen.startswith("Error: ")) == (2, True)


@pytest.mark.parametrize(
    "reference",
    ["https://127.0.0.1:1/chart.tgz", "oci://127.0.0.1:1/chart", "bitnami/nginx"],
)
def test_offline_pulls_nothing(reference: str, repository: Path, lint: Lint) -> None:
    write(
        repository / ".helm-llm.yaml", json.dumps({"targets": [{"chart": reference}]})
    )
    assert lint("--offline") == (
        2,
        f"Error: there is no local chart {reference}, and --offline does not pull charts\n",
    )


@pytest.mark.parametrize(
    "target",
    [
        {"chart": "../outside"},
        {"chart": "chart", "values": ["../outside/values.yaml"]},
        {"chart": "chart", "values": ["../outs*/*.yaml"]},
        {"chart": "chart", "each": ["../outside/*.yaml"]},
        {"chart": "chart", "values": ["link.yaml"]},
        {"chart": "chart", "each": ["li*.yaml"]},
        {"chart": "chart", "values": ["folder/values.yaml"]},
    ],
)
def test_the_configuration_leads_nowhere_outside(
    target: dict[str, object], repository: Path, lint: Lint, tmp_path: Path
) -> None:
    outside(repository)
    write(repository / ".helm-llm.yaml", json.dumps({"targets": [target]}))
    code, screen = lint()
    assert code == 2
    assert f"leads out of {repository}, to {tmp_path}/outside" in screen
    assert "canary" not in screen


@pytest.mark.parametrize(
    "given",
    [
        {"baseline": "../outside/values.yaml"},
        {"facts": {"modelConfig": "folder/values.yaml"}},
    ],
)
def test_nor_do_its_other_files(
    given: dict[str, object], repository: Path, lint: Lint
) -> None:
    outside(repository)
    write(repository / ".helm-llm.yaml", json.dumps(given))
    code, screen = lint("chart")
    assert (code, "leads out of" in screen, "canary" in screen) == (2, True, False)
    assert screen.count(".helm-llm.yaml:") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("chart", "-f", "link.yaml"),
        ("chart", "--each", "*.yaml"),
        ("folder",),
        ("chart", "-f", "folder/values.yaml"),
        ("linked",),
        ("chart", "--config", "link.yaml"),
    ],
)
def test_no_link_leads_outside(
    arguments: tuple[str, ...], repository: Path, lint: Lint
) -> None:
    outside(repository)
    shutil.copytree(repository / "chart", repository / "linked")
    (repository / "linked" / "values.yaml").unlink()
    (repository / "linked" / "values.yaml").symlink_to("../../outside/values.yaml")
    code, screen = lint(*arguments)
    assert (code, "leads out of" in screen, "canary" in screen) == (2, True, False)


@pytest.mark.parametrize(
    "name",
    [
        "templates/a.yaml",
        "files/a.txt",
        "templates/folder",
        "charts/sub",
        "crds/a.yaml",
    ],
)
def test_no_link_of_a_chart_leads_outside(
    name: str, repository: Path, lint: Lint
) -> None:
    outside(repository)
    write(
        repository / "chart" / "templates" / "fail.yaml",
        '{{ fail (.Files.Get "files/a.txt") }}',
    )
    link = repository / "chart" / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to("../../../outside" + ("" if "." not in name else "/values.yaml"))
    code, screen = lint("chart")
    assert (code, "leads out of" in screen, "canary" in screen) == (2, True, False)


def test_a_link_of_a_chart_inside_the_repository(repository: Path, lint: Lint) -> None:
    write(repository / "shared" / "a.txt", "a")
    (repository / "chart" / "files").symlink_to("../shared")
    assert lint("chart")[0] == 0


@pytest.mark.parametrize("place", ["chart", "chart/charts/sub"])
@pytest.mark.parametrize("keyword", ["$ref", "\\u0024ref"])
def test_no_schema_shows_a_file_outside(
    keyword: str, place: str, repository: Path, lint: Lint
) -> None:
    """Helm quotes the schema that a value does not fit, also one that it read from elsewhere."""
    write(repository.parent / "outside" / "schema.json", '{"const": "canary"}')
    if place != "chart":
        chart(repository / place)
    reference = (repository.parent / "outside" / "schema.json").as_uri()
    write(
        repository / place / "values.schema.json",
        f'{{"properties": {{"a": {{"{keyword}": "{reference}"}}}}}}',
    )
    write(repository / ".helm-llm.yaml", "ignore: [schema, unknown-key]\n")
    for arguments in (
        (),
        ("--ignore=schema,unknown-key",),
        ("--select=template-failed",),
    ):
        code, screen = lint("chart", *arguments)
        assert (code, "canary" in screen) == (0, False)


def test_no_schema_fetches_anything(repository: Path, lint: Lint) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        reference = f"http://127.0.0.1:{server.getsockname()[1]}/schema.json"
        write(repository / "chart" / "values.schema.json", f'{{"$ref": "{reference}"}}')
        assert lint("chart")[0] == 2
        assert lint("chart", "--ignore=schema,unknown-key")[0] == 0
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.accept()


def outside(repository: Path) -> None:
    """A chart outside of the repository, whose values are secret, and links to it."""
    chart(repository.parent / "outside")
    write(repository.parent / "outside" / "values.yaml", "canary: [\n")
    (repository / "link.yaml").symlink_to("../outside/values.yaml")
    (repository / "folder").symlink_to("../outside")


@pytest.fixture(autouse=True)
def outside_is_no_news(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Made before the tree is compared."""
    if "lint" in request.fixturenames:
        (tmp_path / "outside").mkdir(exist_ok=True)


class TestLinks:
    """Which links are followed, without Helm."""

    def test_one_inside_the_repository(self, repository: Path) -> None:
        (repository / "link.yaml").symlink_to("chart/values.yaml")
        assert checkout.not_linked_outside("link.yaml") == "link.yaml"

    def test_what_the_user_names_outside(self, repository: Path) -> None:
        write(repository.parent / "outside" / "values.yaml", "")
        assert checkout.not_linked_outside("../outside/values.yaml")
        (repository.parent / "link.yaml").symlink_to("outside/values.yaml")
        assert checkout.not_linked_outside("../link.yaml")

    def test_a_repository_that_the_user_reaches_through_a_link(
        self, repository: Path
    ) -> None:
        (repository.parent / "shortcut").symlink_to(repository)
        assert checkout.not_linked_outside("../shortcut/chart/values.yaml")

    def test_a_link_into_another_repository(self, repository: Path) -> None:
        (repository.parent / "other" / ".git").mkdir(parents=True)
        (repository / "other").symlink_to("../other")
        with pytest.raises(UsageError, match="leads out of"):
            checkout.not_linked_outside("other/values.yaml")

    def test_a_loop_of_links(self, repository: Path) -> None:
        (repository / "a").symlink_to("b")
        (repository / "b").symlink_to("a")
        assert checkout.not_linked_outside("a")

    def test_a_device(self) -> None:
        assert checkout.not_linked_outside("/dev/stdin") == "/dev/stdin"

    def test_a_trusted_repository(
        self, repository: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (repository / "link").symlink_to("/etc/hostname")
        monkeypatch.setenv(checkout.TRUST, "1")
        assert checkout.not_linked_outside("link")

    def test_without_a_repository_the_working_directory_counts(
        self, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (repository / ".git").rmdir()
        checkout._is_repository.cache_clear()
        (repository / "link").symlink_to("/etc/hostname")
        with pytest.raises(UsageError, match="leads out of"):
            checkout.not_linked_outside("link")
        monkeypatch.chdir(tmp_path)
        with pytest.raises(UsageError, match="leads out of"):
            checkout.not_linked_outside("repository/link")


def test_the_schema_of_the_configuration_knows_the_same_names() -> None:
    properties = json.loads(SCHEMA.read_text())["definitions"]["target"]["properties"]
    release, namespace = properties["releaseName"], properties["namespace"]
    assert (release["pattern"], release["maxLength"]) == (RELEASE, RELEASE_LENGTH)
    assert (namespace["pattern"], namespace["maxLength"]) == (
        NAMESPACE,
        NAMESPACE_LENGTH,
    )


def test_a_pull_passes_no_option(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A range is a version too; the reference comes behind `--`."""
    script = f'#!/bin/sh\nprintf "%s\\n" "$@" >> {tmp_path}/argv\nexit 1\n'
    write(tmp_path / "helm", script).chmod(0o755)
    monkeypatch.setenv("HELM_BIN", str(tmp_path / "helm"))
    config = {"targets": [{"chart": "-x/--post-renderer", "version": ">=1.0 <2.0"}]}
    write(repository / ".helm-llm.yaml", json.dumps(config))
    assert run(["lint"]) == 2
    *options, dashes, reference = (tmp_path / "argv").read_text().splitlines()
    assert (dashes, reference) == ("--", "-x/--post-renderer")
    assert options[-1] == "--version=>=1.0 <2.0"
    assert not (repository / "pwn").exists()

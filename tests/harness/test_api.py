"""Reading the API server through a `kubectl proxy`, with a stand-in for it."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from helm_llm.harness.gather import gather
from helm_llm.tools.api import Api
from helm_llm.tools.kubectl import Access, Unanswered
from helm_llm.tools.proxy import Proxy
from tests.harness.conftest import Program
from tests.harness.shapes import deployment, event, names, pod
from tests.harness.test_untrusted import changed, pods

STAND_IN = Path(__file__).parent / "proxy.py"


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """The file with the objects of the cluster."""
    file = tmp_path / "there.json"
    file.write_text(json.dumps([pod(), deployment(1)]))
    return file


@pytest.fixture
def proxy(program: Program, there: Path, tmp_path: Path) -> Iterator[Proxy]:
    serve = f'exec {sys.executable} {STAND_IN} "${{2#--unix-socket=}}" {there}'
    kubectl = program(
        "kubectl", f'echo $$ > "$0.pid"; echo started >> "$0.log"; {serve}'
    )
    with Proxy(str(kubectl), Access(), tmp_path / "api") as proxy:
        yield proxy


@pytest.fixture
def api(proxy: Proxy) -> Api:
    return Api(proxy, "default")


def test_several_kinds_through_one_process(api: Api, tmp_path: Path) -> None:
    found = api.get("pods", "deployments.apps", "services")
    assert [value["kind"] for value in found] == ["Pod", "Deployment"]
    assert (tmp_path / "bin/kubectl.log").read_text() == "started\n"


def test_an_object_by_name(api: Api) -> None:
    found = api.find("deployments.apps", "llm")
    assert found is not None
    assert found["metadata"]["name"] == "llm"
    assert api.find("deployments.apps", "other") is None
    assert api.find("deployments.apps", "../other") is None


def test_what_the_server_does_not_let_us_see(api: Api, there: Path) -> None:
    refused = {
        "kind": "Secret",
        "metadata": {"name": "key"},
        "code": 403,
        "message": "secrets is forbidden",
    }
    there.write_text(json.dumps([refused]))
    with pytest.raises(Unanswered, match="secrets is forbidden"):
        api.find("secrets", "key")


def test_a_proxy_that_died_is_started_again(api: Api, tmp_path: Path) -> None:
    assert api.get("pods")
    os.kill(int((tmp_path / "bin/kubectl.pid").read_text()), signal.SIGKILL)
    with pytest.raises(Unanswered, match="kubectl proxy gave no answer"):
        api.get("pods")
    assert api.get("pods")


def test_no_path_of_a_cache_is_too_long(
    program: Program, there: Path, tmp_path: Path
) -> None:
    kubectl = program(
        "kubectl", f'exec {sys.executable} {STAND_IN} "${{2#--unix-socket=}}" {there}'
    )
    with Proxy(str(kubectl), Access(), tmp_path / ("long" * 50) / "api") as proxy:
        assert Api(proxy, "default").get("pods")


def test_a_kubectl_that_does_not_start(program: Program, tmp_path: Path) -> None:
    kubectl = program(
        "kubectl", "echo 'error: context \"nowhere\" does not exist' >&2; exit 1"
    )
    with (
        Proxy(str(kubectl), Access(), tmp_path / "api") as proxy,
        pytest.raises(Unanswered, match="does not exist"),
    ):
        Api(proxy, "default").get("pods")


def raw(path: str, body: str, **rest: object) -> dict[str, object]:
    """What the stand-in answers a path that ends so with."""
    return {"kind": "Raw", "path": path, "body": body, **rest}


NO_OBJECTS = [
    "<html>502</html>",
    "",
    "[]",
    "5",
    "null",
    '"text"',
    '{"items": [',
    "\xff\xfe",
    "[" * 100_000,
    "1" * 5000,
]


@pytest.mark.parametrize("body", NO_OBJECTS, ids=lambda body: body[:12])
def test_an_answer_that_is_no_object(body: str, api: Api, there: Path) -> None:
    there.write_text(
        json.dumps(
            [raw("/pods", body), raw("/pods/llm-0", body), raw("/apis/apps", body)]
        )
    )
    for ask in (
        lambda: api.get("pods"),
        lambda: api.find("pods", "llm-0"),
        lambda: api.get("deployments.apps"),
    ):
        with pytest.raises(Unanswered, match="is not a Kubernetes object") as failed:
            ask()
        assert len(str(failed.value)) < 400


@pytest.mark.parametrize("items", ["{}", '"text"', "5", "true"])
def test_a_list_that_is_none(items: str, api: Api, there: Path) -> None:
    there.write_text(json.dumps([raw("/pods", f'{{"items": {items}}}')]))
    with pytest.raises(Unanswered, match="is not a list"):
        api.get("pods")


@pytest.mark.parametrize(
    "items", ["null", "[]", '[5, null, "text", [], {}]', '[{"metadata": "llm"}]']
)
def test_what_has_no_name_is_not_there(items: str, api: Api, there: Path) -> None:
    there.write_text(json.dumps([raw("/pods", f'{{"items": {items}}}')]))
    assert api.get("pods") == []


@pytest.mark.parametrize(
    "name",
    [5, None, ["a"], "", "..", "../x", "a/b", "-rf", "a b", "\x1b[31m", "x" * 300],
)
def test_a_name_that_kubernetes_never_gives(
    name: object, api: Api, there: Path
) -> None:
    items = [{"metadata": {"name": name}}, {"metadata": {"name": "llm-0"}}]
    there.write_text(
        json.dumps([raw("/pods", json.dumps({"kind": "PodList", "items": items}))])
    )
    assert names(api.get("pods")) == ["llm-0"]
    assert api.find("pods", str(name)) is None


STATUSES = [
    ('{"kind": "Status", "message": "pods is forbidden"}', "pods is forbidden"),
    ('{"kind": "Status", "reason": "Forbidden"}', "Forbidden"),
    ('{"kind": "Status"}', "the cluster does not answer"),
    ('{"message": 5}', "the cluster does not answer"),
    ("[]", "the cluster does not answer"),
    ("<html>Bad Gateway</html>", "Bad Gateway"),
    ("x" * 100_000, "does not answer: xxx"),
]


@pytest.mark.parametrize(("body", "says"), STATUSES, ids=[says for _, says in STATUSES])
def test_a_refusal_says_what_there_is_to_say(
    body: str, says: str, api: Api, there: Path
) -> None:
    there.write_text(json.dumps([raw("/pods", body, status=500)]))
    with pytest.raises(Unanswered, match=says) as failed:
        api.get("pods")
    assert len(str(failed.value)) < 400


def test_a_redirect_is_not_followed(api: Api, there: Path) -> None:
    there.write_text(json.dumps([raw("/pods", "moved", status=302)]))
    with pytest.raises(Unanswered, match="moved"):
        api.get("pods")


def test_an_answer_that_never_ends(
    api: Api, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Proxy.get, "__defaults__", (1 << 20,))
    there.write_text(json.dumps([raw("/pods", "x" * 65536, again=1000)]))
    with pytest.raises(Unanswered, match="more than 1 MiB"):
        api.get("pods")


def test_a_log_that_never_ends_is_none(api: Api, there: Path) -> None:
    there.write_text(json.dumps([raw("/log", "x" * 65536, again=1000)]))
    assert api.logs("llm-0", "vllm") == ""


@pytest.mark.parametrize("log", ["\x00\xff\x1b[31m\n", "\x80" * 100, "a\r\nb\x0c"])
def test_a_log_that_is_no_text(log: str, api: Api, there: Path) -> None:
    there.write_text(json.dumps([raw("/log", log)]))
    assert api.logs("llm-0", "vllm").encode("utf-8")


def test_half_a_character_is_replaced(api: Api, there: Path) -> None:
    item = '{"metadata": {"name": "llm-0", "labels": {"a": "\\ud83d", "b": "\\ud83d\\ude00"}}}'
    there.write_text(json.dumps([raw("/pods", f'{{"items": [{item}]}}')]))
    assert api.get("pods")[0]["metadata"]["labels"] == {"a": "?", "b": "\U0001f600"}


@pytest.mark.parametrize(
    "group",
    [
        "{}",
        '{"preferredVersion": 5}',
        '{"preferredVersion": {"groupVersion": "../v1"}}',
    ],
)
def test_a_group_without_a_version_is_not_known(
    group: str, api: Api, there: Path
) -> None:
    there.write_text(json.dumps([raw("/apis/apps", group)]))
    assert api.get("deployments.apps") == []


def test_evidence_is_gathered_from_whatever_there_is(api: Api, there: Path) -> None:
    odd = [value for given in pods() for value in changed(given)][::397]
    huge = {**event("llm-0", "Failed", "x" * 100_000), "metadata": {"name": "e"}}
    lists = {"/pods": odd, "/events": [huge, *changed(huge)]}
    there.write_text(
        json.dumps(
            [raw(path, json.dumps({"items": items})) for path, items in lists.items()]
        )
    )
    evidence = gather(api, "llm", [deployment(1)])
    assert all(len(message) <= 4096 for _, message in evidence.messages("Failed"))


def test_a_proxy_that_warns_first(
    program: Program, there: Path, tmp_path: Path
) -> None:
    serve = f'exec {sys.executable} {STAND_IN} "${{2#--unix-socket=}}" {there}'
    kubectl = program("kubectl", f'echo "W1129 a warning" >&2; echo; {serve}')
    with Proxy(str(kubectl), Access(), tmp_path / "api") as proxy:
        assert Api(proxy, "default").get("pods")


def test_a_proxy_that_says_something_else(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helm_llm.tools.proxy._START_SECONDS", 1)
    kubectl = program("kubectl", "echo listening; exec sleep 60")
    with (
        Proxy(str(kubectl), Access(), tmp_path / "api") as proxy,
        pytest.raises(Unanswered, match="start: listening"),
    ):
        Api(proxy, "default").get("pods")

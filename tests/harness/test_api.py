"""Reading the API server through a `kubectl proxy`, with a stand-in for it."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from helm_llm.tools.api import Api, Proxy
from helm_llm.tools.kubectl import Access, Unanswered
from tests.harness.conftest import Program
from tests.harness.shapes import deployment, pod

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
    kubectl = program("kubectl", f'echo $$ > "$0.pid"; echo started >> "$0.log"; {serve}')
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
    refused = {"kind": "Secret", "metadata": {"name": "key"}, "code": 403, "message": "secrets is forbidden"}
    there.write_text(json.dumps([refused]))
    with pytest.raises(Unanswered, match="secrets is forbidden"):
        api.find("secrets", "key")


def test_a_proxy_that_died_is_started_again(api: Api, tmp_path: Path) -> None:
    assert api.get("pods")
    os.kill(int((tmp_path / "bin/kubectl.pid").read_text()), signal.SIGKILL)
    with pytest.raises(Unanswered, match="kubectl proxy gave no answer"):
        api.get("pods")
    assert api.get("pods")


def test_no_path_of_a_cache_is_too_long(program: Program, there: Path, tmp_path: Path) -> None:
    kubectl = program("kubectl", f'exec {sys.executable} {STAND_IN} "${{2#--unix-socket=}}" {there}')
    with Proxy(str(kubectl), Access(), tmp_path / ("long" * 50) / "api") as proxy:
        assert Api(proxy, "default").get("pods")


def test_a_kubectl_that_does_not_start(program: Program, tmp_path: Path) -> None:
    kubectl = program("kubectl", "echo 'error: context \"nowhere\" does not exist' >&2; exit 1")
    with Proxy(str(kubectl), Access(), tmp_path / "api") as proxy, pytest.raises(Unanswered, match="does not exist"):
        Api(proxy, "default").get("pods")

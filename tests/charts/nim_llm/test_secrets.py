"""Secrets the chart makes."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

Object = dict[str, Any]
KEY = 'a"b\\c'
LWS: Object = {"multiNode": {"enabled": True}}


def decoded(secret: Object, key: str) -> str:
    return base64.b64decode(secret["data"][key]).decode()


def test_an_inline_key_makes_both_secrets(
    named: Callable[..., Object], env: Callable[..., Object]
) -> None:
    values = {"model": {"ngcAPIKey": KEY, "ngcAPISecretKey": "other"}}
    assert decoded(named("Secret/ngc-api", values=values), "NGC_API_KEY") == KEY
    pull = named("Secret/ngc-secret", values=values)
    assert pull["type"] == "kubernetes.io/dockerconfigjson"
    login = {"username": "$oauthtoken", "password": KEY}
    assert json.loads(decoded(pull, ".dockerconfigjson")) == {
        "auths": {"nvcr.io": login}
    }
    assert env(values)["NGC_API_KEY"]["secretKeyRef"]["key"] == "NGC_API_KEY"


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"imagePullSecrets": []}, "model.ngcAPIKey needs imagePullSecrets[0].name"),
        ({"imagePullSecrets": None}, "model.ngcAPIKey needs imagePullSecrets[0].name"),
        ({"model": {"ngcAPISecret": ""}}, "model.ngcAPIKey needs model.ngcAPISecret"),
        ({"imagePullSecrets": [{"name": "ngc-api"}]}, "are both ngc-api"),
    ],
    ids=str,
)
def test_an_inline_key_needs_two_names(
    error: Callable[..., str], values: Object, complaint: str
) -> None:
    assert complaint in error("--set=model.ngcAPIKey=key", values=values)


def test_no_secret_without_a_key(kinds: Callable[..., list[str]]) -> None:
    assert "Secret" not in kinds()


def test_an_ssh_key_is_made(named: Callable[..., Object]) -> None:
    secret = named("Secret/r-nim-llm-ssh-pk", values=LWS)
    assert decoded(secret, "private.key").startswith("-----BEGIN RSA PRIVATE KEY-----")


SECRETS = "/api/v1/namespaces/default/secrets"
LWS_API = "leaderworkerset.x-k8s.io/v1"


def resources(version: str, *kinds: str) -> Object:
    served = [
        {"name": f"{kind.lower()}s", "kind": kind, "namespaced": True, "verbs": ["get"]}
        for kind in kinds
    ]
    return {"kind": "APIResourceList", "groupVersion": version, "resources": served}


CLUSTER: dict[str, Object] = {
    "/version": {"major": "1", "minor": "34", "gitVersion": "v1.34.0"},
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {
        "kind": "APIGroupList",
        "apiVersion": "v1",
        "groups": [
            {
                "name": LWS_API.partition("/")[0],
                "versions": [{"groupVersion": LWS_API, "version": "v1"}],
                "preferredVersion": {"groupVersion": LWS_API, "version": "v1"},
            }
        ],
    },
    "/api/v1": resources("v1", "Secret", "ConfigMap", "Service", "Pod"),
    f"/apis/{LWS_API}": resources(LWS_API, "LeaderWorkerSet"),
    f"{SECRETS}/r-nim-llm-ssh-pk": {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": "r-nim-llm-ssh-pk",
            "namespace": "default",
            "labels": {"app.kubernetes.io/managed-by": "Helm"},
            "annotations": {
                "meta.helm.sh/release-name": "r",
                "meta.helm.sh/release-namespace": "default",
            },
        },
        "data": {"private.key": base64.b64encode(b"the old key").decode()},
    },
}


class Cluster(BaseHTTPRequestHandler):
    """As much of an API server as a lookup needs."""

    def do_GET(self) -> None:
        found = CLUSTER.get(self.path.partition("?")[0])
        body = json.dumps(
            found
            or {
                "kind": "Status",
                "status": "Failure",
                "reason": "NotFound",
                "code": 404,
            }
        ).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing to say."""


@contextmanager
def cluster() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Cluster) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_upgrade_keeps_the_ssh_key(
    render: Callable[..., list[Object]], helm: str, chart: Path, tmp_path: Path
) -> None:
    with cluster() as url:
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": url}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "users": [{"name": "u", "user": {}}],
        }
        (tmp_path / "config").write_text(json.dumps(config))
        arguments = (
            f"--kubeconfig={tmp_path}/config",
            "--dry-run=server",
            "--disable-openapi-validation",
        )
        rendered = render(helm, chart, *arguments, values=LWS)
    (secret,) = (each for each in rendered if each["kind"] == "Secret")
    assert decoded(secret, "private.key") == "the old key"

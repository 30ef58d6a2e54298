"""The pods of `helm test`; their scripts run against the simulated engine in tests/simulator."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Object = dict[str, Any]
Named = Callable[..., Object]
RAW = {"deploymentMode": "RawDeployment"}
AUTH = {"endpoint": {"auth": {"enabled": True}}}


@pytest.fixture
def env(named: Named) -> Callable[..., Object]:
    """env("models", values): the variables of that test pod."""

    def env(pod: str, values: Object) -> Object:
        (container,) = named(f"Pod/r-kserve-vllm-test-{pod}", values=values)["spec"][
            "containers"
        ]
        return {
            each["name"]: each.get("value", each.get("valueFrom"))
            for each in container["env"]
        }

    return env


@pytest.mark.parametrize(
    ("values", "urls"),
    [
        (
            {},
            [
                "http://r-kserve-vllm-predictor.default.svc",
                "http://r-kserve-vllm.default.svc",
            ],
        ),
        (
            RAW,
            [
                "http://r-kserve-vllm-predictor.default.svc",
                "http://r-kserve-vllm-predictor.default.svc:8080",
            ],
        ),
        (
            {**RAW, **AUTH},
            [
                "https://r-kserve-vllm-predictor.default.svc:8443",
                "http://r-kserve-vllm-predictor.default.svc",
                "http://r-kserve-vllm-predictor.default.svc:8080",
            ],
        ),
        (
            {"tests": {"url": "https://granite.example.com/"}},
            ["https://granite.example.com"],
        ),
    ],
)
def test_addresses_need_no_look_into_the_cluster(
    env: Callable[..., Object], values: Object, urls: list[str]
) -> None:
    """U8: upstream asked for a URL that the first install does not have yet."""
    for pod in ("models", "generate"):
        variables = env(pod, values)
        assert variables["URLS"].split() == urls
        assert ("INSECURE" in variables) == urls[0].endswith(":8443")


def test_awkward_names_are_data(env: Callable[..., Object]) -> None:
    for name in ('a "quoted" name', "back\\slash", "<tag> & more", "größer"):
        values = {"model": {"modelNameOverride": name}}
        assert json.loads(env("models", values)["NAME"]) == name
        assert json.loads(env("generate", values)["BODY"])["model"] == name


def test_the_name_of_the_service_is_the_served_one(env: Callable[..., Object]) -> None:
    values = {"inferenceService": {"name": "granite"}, "tests": {"request": "chat"}}
    assert env("models", values)["NAME"] == '"granite"'
    variables = env("generate", values)
    assert variables["REQUEST_PATH"] == "/v1/chat/completions"
    assert json.loads(variables["BODY"])["messages"][0]["role"] == "user"


def test_an_account_of_their_own_when_tokens_are_asked_for(
    objects: Callable[..., list[Object]],
) -> None:
    names = {
        f"{each['kind']}/{each['metadata']['name']}": each
        for each in objects(values=AUTH)
    }
    assert "helm.sh/hook" not in names["ServiceAccount/r-kserve-vllm-test"][
        "metadata"
    ].get("annotations", {})
    assert (
        names["RoleBinding/r-kserve-vllm-test-view"]["subjects"][0]["name"]
        == "r-kserve-vllm-test"
    )
    for pod in ("models", "generate"):
        spec = names[f"Pod/r-kserve-vllm-test-{pod}"]["spec"]
        assert (spec["serviceAccountName"], spec["automountServiceAccountToken"]) == (
            "r-kserve-vllm-test",
            True,
        )


def test_the_key_of_vllm_itself(env: Callable[..., Object]) -> None:
    values = {"tests": {"apiKeySecret": {"name": "clients"}}}
    assert env("models", values)["API_KEY"] == {
        "secretKeyRef": {"name": "clients", "key": "api-key"}
    }


def test_pods_run_under_the_restricted_standard_and_end_by_themselves(
    named: Named,
) -> None:
    values = {
        "imagePullSecrets": [{"name": "registry"}],
        "tests": {
            "image": "mirror/curl:1",
            "imagePullPolicy": "Never",
            "timeoutSeconds": 30,
        },
    }
    for name, weight in (("models", "0"), ("generate", "1")):
        pod = named(f"Pod/r-kserve-vllm-test-{name}", values=values)
        annotations, spec = pod["metadata"]["annotations"], pod["spec"]
        assert (annotations["helm.sh/hook"], annotations["helm.sh/hook-weight"]) == (
            "test",
            weight,
        )
        assert annotations["helm.sh/hook-delete-policy"] == "before-hook-creation"
        labels = pod["metadata"]["labels"]
        assert labels["sidecar.istio.io/inject"] == "false"
        assert "serving.kserve.io/inferenceservice" not in labels, (
            "KServe's webhook would change the pod"
        )
        assert (spec["restartPolicy"], spec["activeDeadlineSeconds"]) == ("Never", 90)
        assert spec["imagePullSecrets"] == [{"name": "registry"}]
        assert (
            spec["securityContext"]["runAsNonRoot"],
            spec["automountServiceAccountToken"],
        ) == (True, False)
        (container,) = spec["containers"]
        assert (container["image"], container["imagePullPolicy"]) == (
            "mirror/curl:1",
            "Never",
        )
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.parametrize(
    ("tests", "pods"), [({}, 2), ({"request": "none"}, 1), ({"enabled": False}, 0)]
)
def test_pods_can_be_left_out(
    objects: Callable[..., Any], tests: Object, pods: int
) -> None:
    rendered = objects(values={**AUTH, "tests": tests})
    assert len([each for each in rendered if each["kind"] == "Pod"]) == pods
    assert (
        "r-kserve-vllm-test" in [each["metadata"]["name"] for each in rendered]
    ) == bool(pods)

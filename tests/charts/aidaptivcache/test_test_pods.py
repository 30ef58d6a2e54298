"""The scripts of `helm test`, run by sh against a small server that answers as vLLM does."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.charts.pod_scripts import Result, run_script
from tests.charts.vllm.test_test_pods import NOWHERE, Engine, serving

Named = Callable[..., dict[str, Any]]

PATH = "/data/model/Meta-Llama-3.1-8B-Instruct"


@pytest.fixture
def run(named: Named) -> Callable[..., Result]:
    """run("models", url, values=None, **variables): the outcome of that test pod's script."""

    def run(pod: str, url: str, values: Any = None, **variables: str) -> Result:
        (container,) = named(f"Pod/r-aidaptivcache-test-{pod}", values=values)["spec"][
            "containers"
        ]
        return run_script(container, **{"BASE_URL": url, "TIMEOUT": "1", **variables})

    return run


Run = Callable[..., Result]


@pytest.mark.parametrize("name", [f"{PATH}/", PATH, "Meta-Llama-3.1-8B-Instruct"])
@pytest.mark.parametrize("indent", [None, 2])
def test_the_server_may_name_the_model_in_three_ways(
    run: Run, name: str, indent: int | None
) -> None:
    engine = Engine([name], indent=indent)
    with serving(engine) as url:
        assert run("models", url).code == 0
        assert run("generate", url).code == 0
    assert engine.requests == [
        {"path": "/v1/completions", "model": name, "prompt": "Hello", "max_tokens": 8}
    ]


AWKWARD = 'a "quoted" name, größer & <b>'


@pytest.mark.parametrize(
    "values",
    [{"vllm": {"servedModelName": AWKWARD}}, {"tests": {"modelName": AWKWARD}}],
)
def test_a_name_that_is_given_is_the_only_one(run: Run, values: dict[str, Any]) -> None:
    engine = Engine([AWKWARD])
    with serving(engine) as url:
        assert run("models", url, values=values).code == 0
        assert run("generate", url, values=values).code == 0
    assert engine.requests[0]["model"] == AWKWARD
    with serving(Engine([PATH])) as url:
        result = run("models", url, values=values)
    assert result.code == 1
    assert "lists none of" in result.output
    assert PATH in result.output, "the answer is shown"


def test_chat_is_asked_for_when_wanted(run: Run) -> None:
    engine = Engine([PATH])
    with serving(engine) as url:
        assert run("generate", url, values={"tests": {"request": "chat"}}).code == 0
    (request,) = engine.requests
    assert (request["path"], request["messages"][0]["role"]) == (
        "/v1/chat/completions",
        "user",
    )


def test_without_a_server_the_deadline_ends_the_wait(run: Run) -> None:
    result = run("models", NOWHERE)
    assert result.code == 1
    assert "not ready after 1 s" in result.output


def test_with_a_key_the_server_has_to_ask_for_it(run: Run) -> None:
    with serving(Engine([PATH], key="s3cret")) as url:
        assert run("models", url, VLLM_API_KEY="s3cret").code == 0
        assert run("generate", url, VLLM_API_KEY="s3cret").code == 0
        assert run("models", url, VLLM_API_KEY="wrong").code == 1
    with serving(Engine([PATH])) as url:
        assert "should answer 401" in run("models", url, VLLM_API_KEY="s3cret").output


CLIENTS = {"secretKeyRef": {"name": "clients", "key": "api"}}


@pytest.mark.parametrize(
    "values",
    [
        {"tests": {"apiKeySecret": {"name": "clients", "key": "api"}}},
        {"vllm": {"extraEnv": [{"name": "VLLM_API_KEY", "valueFrom": CLIENTS}]}},
    ],
)
def test_pods_get_the_key(named: Named, values: dict[str, Any]) -> None:
    for name in ("models", "generate"):
        (container,) = named(f"Pod/r-aidaptivcache-test-{name}", values=values)["spec"][
            "containers"
        ]
        assert [
            each["valueFrom"]
            for each in container["env"]
            if each["name"] == "VLLM_API_KEY"
        ] == [CLIENTS]


def test_pods_need_no_hami_and_end_by_themselves(named: Named) -> None:
    tests = {
        "timeoutSeconds": 30,
        "nodeSelector": {"a": "b"},
        "tolerations": [{"operator": "Exists"}],
    }
    for name, weight in (("models", "0"), ("generate", "1")):
        pod = named(
            f"Pod/r-aidaptivcache-test-{name}",
            values={"tests": tests, "imagePullSecrets": [{"name": "r"}]},
        )
        annotations, spec = pod["metadata"]["annotations"], pod["spec"]
        assert (annotations["helm.sh/hook"], annotations["helm.sh/hook-weight"]) == (
            "test",
            weight,
        )
        assert annotations["helm.sh/hook-delete-policy"] == "before-hook-creation"
        assert (spec["restartPolicy"], spec["activeDeadlineSeconds"]) == ("Never", 90)
        assert "schedulerName" not in spec
        assert (
            spec["automountServiceAccountToken"] is spec["enableServiceLinks"] is False
        )
        assert spec["imagePullSecrets"] == [{"name": "r"}]
        assert (spec["nodeSelector"], spec["tolerations"]) == (
            tests["nodeSelector"],
            tests["tolerations"],
        )


@pytest.mark.parametrize(
    ("tests", "pods"), [({}, 2), ({"request": "none"}, 1), ({"enabled": False}, 0)]
)
def test_pods_can_be_left_out(
    objects: Callable[..., Any], tests: dict[str, Any], pods: int
) -> None:
    assert (
        len(
            [each for each in objects(values={"tests": tests}) if each["kind"] == "Pod"]
        )
        == pods
    )

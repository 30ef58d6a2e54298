"""Which values make which case, what a chart's pods expect, and how a chart is simulated."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_llm.document.reader import parse_document
from helm_llm.errors import UsageError
from helm_llm.harness.plan import PlannedCase, namespaces_for, plan
from helm_llm.harness.scenario import prerequisites
from helm_llm.harness.simulate import extended_resources, gpus_per_pod, simulate_chart
from helm_llm.lint.targets.target import Target
from helm_llm.set_option import SetOption
from helm_llm.values.chart_loader import load_chart
from helm_llm.values.layers import layer

CHARTS = Path(__file__).parents[2] / "charts"
VLLM = str(CHARTS / "vllm")


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    (tmp_path / "ci").mkdir()
    (tmp_path / "Chart.yaml").write_text("{apiVersion: v2, name: c, version: 0.1.0}")
    return tmp_path


def test_values_files_make_one_case_named_after_the_last() -> None:
    (case,) = plan(Target("c", ("base.yaml", "ci/gpu-values.yaml")), ())
    assert case == PlannedCase("gpu", Target("c", ("base.yaml", "ci/gpu-values.yaml")))


def test_without_values_each_scenario_of_the_chart_is_a_case(chart: Path) -> None:
    for name in ("b-values.yaml", "a-values.yaml", "other.yaml"):
        (chart / "ci" / name).write_text("{}")
    option = SetOption("--set", "x=1")
    cases = plan(Target(str(chart), (), (option,)), ())
    assert [case.name for case in cases] == ["a", "b"]
    assert cases[0].target == Target(
        str(chart), (str(chart / "ci" / "a-values.yaml"),), (option,)
    )


def test_a_chart_without_scenarios_is_tested_with_its_defaults(chart: Path) -> None:
    assert plan(Target(str(chart)), ()) == (PlannedCase("default", Target(str(chart))),)


def test_a_scenario_may_say_that_no_test_cluster_can_run_it(chart: Path) -> None:
    (chart / "ci" / "nfs-values.yaml").write_text(
        "# helm-llm test: render only, there is no NFS server\n{}\n"
    )
    assert plan(Target(str(chart)), ())[0].skipped == "there is no NFS server"


def test_cases_are_chosen_by_name(chart: Path) -> None:
    for name in ("gpu", "gpu2", "nfs"):
        (chart / "ci" / f"{name}-values.yaml").write_text("{}")
    assert [case.name for case in plan(Target(str(chart)), ["gpu*"])] == ["gpu", "gpu2"]
    with pytest.raises(UsageError, match="its cases are gpu, gpu2, nfs"):
        plan(Target(str(chart)), ["cpu"])


def test_namespaces_are_labels_and_differ_between_runs() -> None:
    cases = [PlannedCase("A b", Target("c")), PlannedCase("x" * 80, Target("c"))]
    assert namespaces_for("r1", cases)[0] == "llm-r1-a-b"
    assert all(len(name) <= 63 for name in namespaces_for("r1", cases))
    assert not set(namespaces_for("r1", cases)) & set(namespaces_for("r2", cases))


def deployment(**pod: Any) -> dict[str, Any]:
    return {
        "kind": "Deployment",
        "metadata": {"name": "d"},
        "spec": {"template": {"spec": pod}},
    }


def limited(**limits: str) -> dict[str, Any]:
    names = {
        name.replace("__", ".").replace("_", "/"): amount
        for name, amount in limits.items()
    }
    return deployment(containers=[{"name": "vllm", "resources": {"limits": names}}])


def test_the_engine_gets_the_gpus_of_its_limit() -> None:
    assert gpus_per_pod([limited(nvidia__com_gpu="2", memory="8Gi")]) == 2


def test_the_engine_of_an_inference_service_gets_the_gpus_of_its_model() -> None:
    model = {"resources": {"limits": {"nvidia.com/gpu": "2"}}}
    assert (
        gpus_per_pod(
            [{"kind": "InferenceService", "spec": {"predictor": {"model": model}}}]
        )
        == 2
    )


def test_an_engine_without_a_limit_sees_all_gpus_of_its_node() -> None:
    assert gpus_per_pod([limited(memory="8Gi")]) == 8


def test_nodes_offer_what_the_pods_ask_for() -> None:
    asked = limited(nvidia__com_gpu="16", phison__com_ai100="1", memory="8Gi")
    assert extended_resources([asked]) == {"nvidia.com/gpu": 16, "phison.com/ai100": 8}


def prepared(text: str, scratch: Path, options: Sequence[SetOption] = ()) -> Target:
    values = layer(load_chart(VLLM), [parse_document(text, "v.yaml")], options)
    return simulate_chart(
        Target(VLLM, ("v.yaml",), tuple(options)),
        values,
        [limited(nvidia__com_gpu="2")],
        scratch,
    )


def test_the_simulator_comes_after_the_users_own_values(tmp_path: Path) -> None:
    scratch = tmp_path / "overlay.yaml"
    target = prepared("vllm: {env: [{name: A, value: b}]}", scratch)
    assert target.files == ("v.yaml", str(scratch))
    overlay = yaml.safe_load(scratch.read_text())
    assert overlay == {
        "vllm": {
            "env": [{"name": "A", "value": "b"}, {"name": "SIM_GPUS", "value": "2"}]
        }
    }
    assert (
        SetOption("--set-literal", "image.repository=helm-llm/simulator")
        in target.options
    )


def test_settings_of_the_simulator_that_the_user_chose_stay(tmp_path: Path) -> None:
    scratch = tmp_path / "overlay.yaml"
    prepared("vllm: {env: [{name: SIM_GPUS, value: '1'}]}", scratch)
    assert yaml.safe_load(scratch.read_text()) == {
        "vllm": {"env": [{"name": "SIM_GPUS", "value": "1"}]}
    }


def test_a_digest_would_win_over_the_simulators_tag(tmp_path: Path) -> None:
    target = prepared("image: {digest: 'sha256:abc'}", tmp_path / "overlay.yaml")
    assert SetOption("--set-literal", "image.digest=") in target.options


def test_a_test_cluster_has_neither_hami_nor_an_ssd(tmp_path: Path) -> None:
    chart, scratch = str(CHARTS / "aidaptivcache"), tmp_path / "overlay.yaml"
    values = layer(load_chart(chart), [], [])
    target = simulate_chart(
        Target(chart), values, [limited(otterscale__com_vgpu="1")], scratch
    )
    names = {
        entry["name"]: entry["value"]
        for entry in yaml.safe_load(scratch.read_text())["vllm"]["extraEnv"]
    }
    assert names == {"SIM_GPUS": "1", "SIM_SKIP_NVME": "1"}
    assert SetOption("--set-literal", "schedulerName=") in target.options


@pytest.mark.parametrize(
    ("text", "source"),
    [
        pytest.param("{}", "pvc://simulated-model", id="a-model-image"),
        pytest.param("model: {mode: s3}", "pvc://simulated-model", id="a-bucket"),
        pytest.param(
            "model: {uri: 'pvc://mine/llama'}", "pvc://mine/llama", id="a-claim-stays"
        ),
    ],
)
def test_kserve_gets_its_model_from_a_claim(
    text: str, source: str, tmp_path: Path
) -> None:
    chart = str(CHARTS / "kserve-vllm")
    values = layer(load_chart(chart), [parse_document(text, "v.yaml")], [])
    options = simulate_chart(
        Target(chart), values, [], tmp_path / "overlay.yaml"
    ).options
    last = {
        option.text.partition("=")[0]: option.text.partition("=")[2]
        for option in options
    }
    assert last.get("model.uri", source) == source
    assert last["model.mode"] == "uri"
    assert last["image.image"] == "helm-llm/simulator"


def test_a_chart_we_do_not_know_is_not_simulated(chart: Path) -> None:
    values = layer(load_chart(str(chart)), [], [])
    with pytest.raises(UsageError, match="but not c"):
        simulate_chart(Target(str(chart)), values, [], chart / "overlay.yaml")


def shown(objects: Sequence[Any]) -> set[str]:
    return {
        f"{value['kind']}/{value['metadata']['name']}"
        for value in prerequisites(objects)
    }


def reference(kind: str, name: str, *, optional: bool = False) -> dict[str, Any]:
    return {
        "name": "V",
        "valueFrom": {
            f"{kind}KeyRef": {"name": name, "key": "k", "optional": optional}
        },
    }


def test_what_pods_expect_is_made() -> None:
    pod = deployment(
        runtimeClassName="nvidia",
        imagePullSecrets=[{"name": "registry"}],
        containers=[
            {
                "name": "c",
                "env": [reference("secret", "token")],
                "envFrom": [{"configMapRef": {"name": "all"}}],
            }
        ],
        volumes=[
            {"name": "m", "persistentVolumeClaim": {"claimName": "models"}},
            {"name": "s", "secret": {"secretName": "ca"}},
        ],
    )
    expected = {
        "RuntimeClass/nvidia",
        "Secret/registry",
        "Secret/token",
        "ConfigMap/all",
        "PersistentVolumeClaim/models",
        "Secret/ca",
    }
    assert shown([pod]) == expected


def test_a_secret_gets_every_key_that_is_asked_for() -> None:
    two = [
        reference("secret", "token"),
        {"name": "W", "valueFrom": {"secretKeyRef": {"name": "token", "key": "other"}}},
    ]
    (secret,) = prerequisites([deployment(containers=[{"name": "c", "env": two}])])
    assert set(secret["stringData"]) == {"k", "other"}


def test_what_the_chart_brings_or_can_do_without_is_not_made() -> None:
    env = [reference("secret", "own"), reference("configMap", "maybe", optional=True)]
    own = {"kind": "Secret", "metadata": {"name": "own"}}
    pull = [{"name": "own"}]
    assert (
        shown(
            [
                deployment(
                    containers=[{"name": "c", "env": env}], imagePullSecrets=pull
                ),
                own,
            ]
        )
        == set()
    )


@pytest.mark.parametrize(
    "content", [b"\xff\xfea", b"\x00\x80", "a: ä".encode("utf-16"), b"a: caf\xe9\n"]
)
def test_values_that_are_no_utf_8_are_a_case_like_others(
    content: bytes, tmp_path: Path
) -> None:
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci" / "odd-values.yaml").write_bytes(content)
    (case,) = plan(Target(str(tmp_path)), ())
    assert (case.name, case.skipped) == ("odd", "")


def test_values_that_are_no_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "ci").mkdir()
    os.mkfifo(tmp_path / "ci" / "pipe-values.yaml")
    with pytest.raises(UsageError, match="it is a pipe"):
        plan(Target(str(tmp_path)), ())


def test_each_case_has_a_namespace_of_its_own() -> None:
    cases = [
        PlannedCase(name, Target("c"))
        for name in ("a-b", "a_b", "A.B", "..", "ä", "x" * 90, "x" * 91, "-")
    ]
    found = namespaces_for("0123abcd", cases)
    assert len(set(found)) == len(cases)
    assert all(
        re.fullmatch("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", name) for name in found
    )

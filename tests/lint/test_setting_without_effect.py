"""The table behind `setting-without-effect` is true: the real charts render the same with and without each setting."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helm_llm.document.reader import parse_document
from helm_llm.keypath import KeyPath, dotted, lookup
from helm_llm.lint.rules.values.setting_without_effect import setting_without_effect
from helm_llm.lint.schema.subschema import below, siblings
from helm_llm.lint.schema.validator import Schema
from helm_llm.serving import CHARTS as KNOWN_CHARTS
from helm_llm.serving.charts.inert import Condition, InertSettings
from helm_llm.values.chart_loader import load_chart
from helm_llm.values.layers import layer

CHARTS = Path(__file__).parents[2] / "charts"

SAMPLES: dict[str, Any] = {
    "replicaCount": 3,
    "autoscaling.minReplicas": 2,
    "autoscaling.maxReplicas": 7,
    "autoscaling.metrics": [
        {
            "type": "Pods",
            "pods": {"metric": {"name": "m"}, "target": {"type": "Value", "value": 1}},
        }
    ],
    "autoscaling.behavior": {"scaleDown": {"stabilizationWindowSeconds": 60}},
    "autoscaling.targetCPUUtilizationPercentage": 55,
    "autoscaling.targetMemoryUtilizationPercentage": 55,
    "autoscaling.scaleDownStabilizationSecs": 60,
    "ingress.className": "nginx",
    "ingress.annotations": {"example.com/a": "b"},
    "ingress.hosts": [{"host": "llm.internal"}],
    "ingress.tls": [{"secretName": "tls", "hosts": ["llm.internal"]}],
    "service.nodePort": 31000,
    "persistence.existingClaim": "models",
    "persistence.size": "7Gi",
    "persistence.storageClass": "fast",
    "persistence.accessMode": "ReadWriteMany",
    "persistence.annotations": {"example.com/a": "b"},
    "persistence.ephemeralSizeLimit": "9Gi",
    "persistence.stsPersistentVolumeClaimRetentionPolicy": {
        "whenDeleted": "Delete",
        "whenScaled": "Delete",
    },
    "persistence.hostPath.path": "/data",
    "persistence.hostPath.type": "DirectoryOrCreate",
    "persistence.nfs.server": "nfs.internal",
    "persistence.nfs.path": "/models",
    "persistence.nfs.readOnly": True,
    "hostPath.path": "/data",
    "nfs.server": "nfs.internal",
    "nfs.path": "/models",
    "nfs.readOnly": True,
    "statefulSet.enabled": False,
    "customArgs": ["--flag"],
    "initContainers.ngcInit": {"secretName": "ngc", "env": {"NGC_CLI_ORG": "org"}},
    "multiNode.workers": 4,
    "multiNode.gpusPerNode": 8,
    "multiNode.clusterStartTimeout": 900,
    "multiNode.leaderWorkerSet": {"enabled": False},
    "multiNode.existingSSHSecret": "ssh",
    "multiNode.mpiJob": {"workerAnnotations": {"example.com/a": "b"}},
    "multiNode.mpiJob.workerAnnotations": {"example.com/a": "b"},
    "multiNode.mpiJob.launcherResources": {"limits": {"cpu": "1"}},
    "multiNode.optimized": {"enabled": False},
    "multiNode.optimized.enabled": False,
    "multiNode.workerCustomCommand": ["sleep", "infinity"],
    "multiNode.launcher": "image",
    "healthPort": 9001,
    "metrics.enabled": False,
    "model.numGpus": 2,
    "model.subPath": "sub",
    "model.modelStorePath": "/store",
    "modelDownload.enabled": True,
    "modelDownload.image": "python:3.12",
    "modelDownload.resources": {"limits": {"cpu": "1"}},
    "securityContext.allowPrivilegeEscalation": False,
    "securityContext.runAsNonRoot": True,
    "securityContext.runAsUser": 1000,
    "securityContext.readOnlyRootFilesystem": True,
    "startupProbe.initialDelaySeconds": 77,
    "model.s3.key": "my-s3-connection",
    "model.s3.path": "my-model-folder",
    "model.uri": "pvc://models/llama",
    "multiNode.pipelineParallelSize": 3,
    "multiNode.tensorParallelSize": 2,
    "multiNode.platform": "openshift-ai",
    "servingRuntime.command": ["vllm", "serve"],
    "servingRuntime.args": ["/mnt/models"],
    "servingRuntime.env": [{"name": "A", "value": "b"}],
    "servingRuntime.name": "mine",
    "servingRuntime.shmSize": "9Gi",
    "servingRuntime.useExisting": "theirs",
    "image.image": "acme/vllm",
    "image.tag": "1.0",
    "image.pullPolicy": "Always",
    "image.runtimeVersionOverride": "0.7.2",
    "displayName": "Mine",
    "endpoint.auth.serviceAccounts": [{"name": "app"}],
    "scaling.minReplicas": 0,
    "scaling.serverless.scaleMetric": "rps",
    "scaling.serverless.scaleTarget": 7,
    "scaling.serverless.timeout": "45m",
    "scaling.serverless.retentionPeriod": "10m",
    "scaling.rawDeployment.deploymentStrategy": {"type": "Recreate"},
    "prescript": "cp -r /mnt/data/llama /data/",
    "initContainer.image": {"repository": "busybox"},
    "initContainer.sharedDataPath": "/shared",
    "initContainer.modelSourcePath": "/model",
    "initContainer.privileged": True,
    "initContainer.resources": {"limits": {"memory": "1Gi"}},
    "vllm.lora.modules": "a=/data/a",
    "vllm.lora.maxRank": 64,
    "volumes.dshm.sizeLimit": "9Gi",
    "volumes.pvc.claimName": "models",
    "volumes.pvc.mountPath": "/models",
    "volumes.pvc.readOnly": True,
    "volumes.nfs.server": "nfs.internal",
    "volumes.nfs.path": "/models",
    "volumes.nfs.mountPath": "/models",
    "volumes.nfs.readOnly": False,
    "modelImage.reference": "acme/models:1",
    "modelImage.pullPolicy": "Always",
    "modelImage.mountPath": "/models",
    **{
        f"vllm.args.{size}OffloadGb": 7
        for size in ("dramKv", "dramKV", "ssdKv", "ssdKV")
    },
    **{f"vllm.args.{resume}Cache": True for resume in ("resumeKv", "resumeKV")},
    **{f"vllm.args.{resume}Cache": False for resume in ("noResumeKv", "noResumeKV")},
    "vllm.args.nvmePath": "/mnt/nvme1",
    **{
        f"resources.{kind}.{name}mem-percentage": 40
        for kind in ("limits", "requests")
        for name in ("otterscale.com/vgpu", "nvidia.com/gpu")
    },
    **{
        f"{probe}Probe.{field}": 7
        for probe in ("startup", "liveness", "readiness")
        for field in (
            "initialDelaySeconds",
            "periodSeconds",
            "timeoutSeconds",
            "failureThreshold",
        )
    },
    "readinessProbe.successThreshold": 2,
    "livenessProbe.method": "script",
    "livenessProbe.command": ["check"],
    **{
        f"{probe}Probe.path": "/elsewhere"
        for probe in ("startup", "liveness", "readiness")
    },
    **{
        f"{probe}Probe.enabled": False for probe in ("startup", "liveness", "readiness")
    },
    **{
        f"{probe}Probe.httpGet": {"path": "/elsewhere", "port": "http"}
        for probe in ("startup", "liveness", "readiness")
    },
}
"""A value for every setting that is not its default."""

ONE_VALUE = {"livenessProbe.successThreshold", "startupProbe.successThreshold"}
"""Kubernetes allows one value only, so nothing but the default can be set."""

NEEDED: dict[tuple[str, Any], dict[str, Any]] = {
    ("multiNode.enabled", True): {"multiNode.existingSSHSecret": "ssh"},
    ("model.mode", "s3"): {"model.s3.key": "bucket", "model.s3.path": "folder"},
}
"""What a condition needs to be met: without a key of its own a multi-node render makes a new one each time."""

ROWS = [(chart, row) for chart, known in KNOWN_CHARTS.items() for row in known.inert]


def _ids(rows: list[tuple[str, InertSettings]]) -> list[str]:
    return [
        f"{chart}-{dotted(row.condition.path)}-{number}"
        for number, (chart, row) in enumerate(rows)
    ]


MEETING = (
    "ClusterIP",
    "/models/llama",
    "RawDeployment",
    "Serverless",
    "multiNode",
    "singleNode",
    "uri",
    "s3",
)


def _meeting(condition: Condition) -> Any:
    name = ".".join(map(str, condition.path))
    candidates = (None, True, False, 0, 1, *MEETING, SAMPLES.get(name))
    return next(value for value in reversed(candidates) if condition.accepts(value))


def _schemas(root: Schema, path: KeyPath) -> tuple[Schema, ...]:
    schemas: tuple[Schema, ...] = (root,)
    for key in path:
        schemas = below(root, schemas, key)
    return schemas


def _settings(chart: str, row: InertSettings) -> Iterator[KeyPath]:
    """What the row names, `*` written out: every key of the schema there, and of the defaults."""
    loaded = load_chart(str(CHARTS / chart))
    root = loaded.schema or {}
    for setting in row.settings:
        if setting[-1] != "*":
            yield setting
            continue
        defaults = lookup(loaded.defaults.tree, setting[:-1])
        names = {*siblings(root, _schemas(root, setting[:-1])), *defaults} - set(
            row.but
        )
        yield from ((*setting[:-1], name) for name in sorted(names))


def _nested(values: dict[KeyPath, Any]) -> dict[str | int, Any]:
    tree: dict[str | int, Any] = {}
    for (*above, key), value in values.items():
        here = tree
        for word in above:
            here = here.setdefault(word, {})
        here[key] = value
    return tree


def _rendered(helm: str, chart: str, values: dict[KeyPath, Any], file: Path) -> str:
    file.write_text(json.dumps(_nested(values)), "utf-8")
    command = [
        helm,
        "template",
        "release-name",
        str(CHARTS / chart),
        f"--values={file}",
        "--kube-version=1.34.0",
    ]
    completed = subprocess.run(command, capture_output=True, text=True)
    assert completed.returncode == 0, completed.stderr
    return completed.stdout


@pytest.mark.parametrize(("chart", "row"), ROWS, ids=_ids(ROWS))
def test_inert_settings_leave_the_manifests_unchanged(
    chart: str, row: InertSettings, helm3: str, tmp_path: Path
) -> None:
    conditions: dict[KeyPath, Any] = {
        condition.path: _meeting(condition) for condition in (*row.also, row.condition)
    }
    for (switch, value), needed in NEEDED.items():
        if conditions.get(tuple(switch.split("."))) == value:
            conditions |= {
                tuple(name.split(".")): setting for name, setting in needed.items()
            }
    named = {".".join(map(str, path)): path for path in _settings(chart, row)}
    settings = {
        path: SAMPLES[name] for name, path in named.items() if name not in ONE_VALUE
    }
    with_settings = _rendered(
        helm3, chart, {**conditions, **settings}, tmp_path / "with.json"
    )
    assert settings
    assert "\nkind: " in with_settings
    others = {path: value for path, value in conditions.items() if path not in settings}
    without = _rendered(helm3, chart, others, tmp_path / "without.json")
    assert (with_settings != without) == row.rendered


@pytest.mark.parametrize(("chart", "row"), ROWS, ids=_ids(ROWS))
def test_its_samples_are_no_defaults(chart: str, row: InertSettings) -> None:
    defaults = load_chart(str(CHARTS / chart)).defaults.tree
    for path in _settings(chart, row):
        name = ".".join(map(str, path))
        assert name in ONE_VALUE or lookup(defaults, path) != SAMPLES[name]


def test_an_umbrella_charts_values_are_a_users(tmp_path: Path) -> None:
    shutil.copytree(CHARTS / "vllm", tmp_path / "charts" / "vllm")
    (tmp_path / "Chart.yaml").write_text(
        "apiVersion: v2\nname: umbrella\nversion: 0.1.0\ndependencies: [{name: vllm, alias: llm, version: 0.1.0}]\n"
    )
    (tmp_path / "values.yaml").write_text(
        "llm:\n  ingress: {className: nginx}\n  replicaCount: 2\n"
    )
    chart = load_chart(str(tmp_path))
    problems = list(setting_without_effect.check(layer(chart, [], [])))
    assert [problem.path for problem in problems] == [("llm", "ingress", "className")]
    assert (
        problems[0].message
        == "llm.ingress.className has no effect while llm.ingress.enabled is false"
    )
    closed = parse_document(
        "llm: {autoscaling: {enabled: true}, ingress: {enabled: false}}", "prod.yaml"
    )
    assert list(setting_without_effect.check(layer(chart, [closed], []))) == []

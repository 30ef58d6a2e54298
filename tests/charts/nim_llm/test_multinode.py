"""One model on several nodes."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.charts.nim_llm.conftest import LWS, MPI, Object

Container = Callable[..., Object]

ROLES = [(LWS, "leader"), (LWS, "worker"), (MPI, "worker"), (MPI, "launcher")]
EVERY_ROLE = pytest.mark.parametrize(
    ("values", "role"),
    ROLES,
    ids=["lws-leader", "lws-worker", "mpi-worker", "mpi-launcher"],
)


def with_(values: Object, **more: Any) -> Object:
    return {**values, "multiNode": {**values["multiNode"], **more}}


@pytest.mark.parametrize(
    ("values", "kind"), [(LWS, "LeaderWorkerSet"), (MPI, "MPIJob")]
)
def test_the_switch_alone_decides(
    objects: Callable[..., list[Object]], values: Object, kind: str
) -> None:
    rendered = objects(values=values)
    assert {"LeaderWorkerSet", "MPIJob", "StatefulSet"} & {
        each["kind"] for each in rendered
    } == {kind}
    assert (
        objects("--api-versions=leaderworkerset.x-k8s.io/v1", values=values) == rendered
    )


@EVERY_ROLE
def test_every_pod_honours_what_one_node_honours(
    templates: Callable[..., dict[str, Object]], values: Object, role: str
) -> None:
    extra = {"name": "scratch", "emptyDir": {}}
    rendered = templates(
        {
            **values,
            "image": {"pullPolicy": "Always", "tag": "1.3.3"},
            "serviceAccount": {"name": "mine"},
            "containerSecurityContext": {"allowPrivilegeEscalation": False},
            "podSecurityContext": {"runAsUser": 2000},
            "model": {"labels": {"team": "a"}},
            "podAnnotations": {"a": "b"},
            "nodeSelector": {"gpu": "h100"},
            "runtimeClassName": "nvidia",
            "extraVolumes": [extra],
            "extraVolumeMounts": {"scratch": {"mountPath": "/scratch"}},
            "initContainers": {"extraInit": [{"name": "mine", "image": "busybox:1"}]},
        }
    )[role]
    spec = rendered["spec"]
    (container,) = spec["containers"]
    assert rendered["metadata"]["labels"]["team"] == "a"
    assert rendered["metadata"]["annotations"] == {"a": "b"}
    assert (spec["serviceAccountName"], spec["runtimeClassName"]) == ("mine", "nvidia")
    assert (spec["enableServiceLinks"], spec["terminationGracePeriodSeconds"]) == (
        False,
        60,
    )
    assert spec["securityContext"]["runAsUser"] == 2000
    assert spec["nodeSelector"] == {"gpu": "h100"}
    assert extra in spec["volumes"]
    assert [each["name"] for each in spec["initContainers"]] == ["mine"]
    assert (container["image"], container["imagePullPolicy"]) == (
        "nvcr.io/nim/meta/llama3-8b-instruct:1.3.3",
        "Always",
    )
    assert container["securityContext"] == {"allowPrivilegeEscalation": False}
    assert {"name": "scratch", "mountPath": "/scratch"} in container["volumeMounts"]


def test_the_launcher_runs_mpirun(container: Container) -> None:
    command = container(MPI, "launcher")["command"]
    assert command[:7] == ["mpirun", "-n", "16", "-bind-to", "none", "-map-by", "slot"]
    assert command[7:9] == ["-mca", "plm_rsh_args"]
    assert command[9].startswith("-p 2222 ")
    assert command[-1] == "/opt/nim/start-mpi-cluster.sh"
    root = container({**MPI, "podSecurityContext": {"runAsUser": 0}}, "launcher")[
        "command"
    ]
    assert root[:2] == ["mpirun", "--allow-run-as-root"]


@pytest.mark.parametrize(
    ("pod_user", "container_user", "home"),
    [
        (1000, None, "/opt/nim/llm"),
        (None, None, "/opt/nim/llm"),
        (0, None, "/root"),
        (0, 1000, "/opt/nim/llm"),
        (1000, 0, "/root"),
    ],
)
def test_only_an_explicit_root_gets_roots_paths(
    objects: Callable[..., list[Object]],
    container: Container,
    pod_user: Any,
    container_user: Any,
    home: str,
) -> None:
    users = {
        "podSecurityContext": {"runAsUser": pod_user},
        "containerSecurityContext": {"runAsUser": container_user},
    }
    for role in ("leader", "worker"):
        mounts = {
            each["name"]: each["mountPath"]
            for each in container({**LWS, **users}, role)["volumeMounts"]
        }
        assert (mounts["ssh-dotfiles"], mounts["ssh-pk"]) == (
            f"{home}/.ssh",
            f"{home}/pk",
        )
    (job,) = (
        each for each in objects(values={**MPI, **users}) if each["kind"] == "MPIJob"
    )
    assert job["spec"]["sshAuthMountPath"] == f"{home}/.ssh"


def test_leader_worker_set(
    named: Callable[..., Object], container: Container, pod: Container
) -> None:
    spec = named("LeaderWorkerSet/mn-r-nim-llm", values={**LWS, "replicaCount": 2})[
        "spec"
    ]
    group = spec["leaderWorkerTemplate"]
    assert (spec["replicas"], group["size"], group["restartPolicy"]) == (
        2,
        2,
        "RecreateGroupOnPodRestart",
    )
    assert group["leaderTemplate"]["metadata"]["labels"]["nim-llm-role"] == "leader"
    assert group["workerTemplate"]["metadata"]["labels"]["nim-llm-role"] == "worker"
    leader, worker = (container(LWS, role) for role in ("leader", "worker"))
    assert (leader["name"], worker["name"]) == ("nim-leader", "nim-worker")
    assert leader["command"] == ["/bin/bash", "/scripts/start-leader.sh"]
    assert worker["command"] == ["/bin/bash", "/scripts/start-worker.sh"]
    assert "startupProbe" in leader
    assert not {"startupProbe", "livenessProbe", "readinessProbe", "ports"} & set(
        worker
    )
    volumes = pod(LWS, "leader")["volumes"]
    assert {
        "name": "ssh-pk",
        "secret": {"secretName": "ssh", "defaultMode": 0o400},
    } in volumes
    hostfiles = {"name": "r-nim-llm-lws-mpi-config", "defaultMode": 0o444}
    assert {"name": "mpi-config", "configMap": hostfiles} in volumes


@pytest.mark.parametrize(
    ("more", "groups"),
    [
        ({"replicaCount": 2}, 2),
        ({"replicaCount": None}, 1),
        ({"autoscaling": {"enabled": True, "maxReplicas": 3}}, 3),
    ],
)
def test_a_hostfile_for_every_group(
    named: Callable[..., Object], more: Object, groups: int
) -> None:
    data = named(
        "ConfigMap/r-nim-llm-lws-mpi-config", "--namespace=ai", values={**LWS, **more}
    )["data"]
    assert data == {
        f"hostfile-{group}": f"localhost slots=8\nmn-r-nim-llm-{group}-1.mn-r-nim-llm.ai.svc slots=8\n"
        for group in range(groups)
    }


def test_mpi_jobs(
    objects: Callable[..., list[Object]],
    container: Container,
    templates: Callable[..., Any],
) -> None:
    more = {
        "replicaCount": 2,
        "podAnnotations": {"a": "pod", "b": "pod"},
        "multiNode": {
            **MPI["multiNode"],
            "mpiJob": {
                "workerAnnotations": {"a": "worker"},
                "launcherResources": {"limits": {"cpu": 1, "memory": None}},
            },
        },
    }
    jobs = [
        each for each in objects(values={**MPI, **more}) if each["kind"] == "MPIJob"
    ]
    assert [each["metadata"]["name"] for each in jobs] == [
        "mn-r-nim-llm-0",
        "mn-r-nim-llm-1",
    ]
    spec = jobs[0]["spec"]
    assert (spec["slotsPerWorker"], spec["launcherCreationPolicy"]) == (
        8,
        "WaitForWorkersReady",
    )
    assert spec["runPolicy"] == {"cleanPodPolicy": "None"}
    launcher, worker = (
        container({**MPI, **more}, role) for role in ("launcher", "worker")
    )
    assert launcher["name"] == worker["name"] == "nim"
    assert launcher["resources"] == {"limits": {"cpu": 1}}
    assert worker["resources"] == {"limits": {"nvidia.com/gpu": 1}}
    assert worker["command"] == ["/bin/bash", "/scripts/start-worker.sh"]
    assert "ports" in worker
    for each in (launcher, worker):
        assert not {"startupProbe", "livenessProbe", "readinessProbe"} & set(each)
    rendered = templates({**MPI, **more})
    assert rendered["worker"]["metadata"]["annotations"] == {"a": "worker", "b": "pod"}
    assert "labels" not in rendered["launcher"]["metadata"]


def test_hostfiles_and_keys_are_for_leader_worker_sets(
    objects: Callable[..., list[Object]],
) -> None:
    names = {each["metadata"]["name"] for each in objects(values=MPI)}
    assert not {"r-nim-llm-lws-mpi-config", "r-nim-llm-ssh-pk"} & names
    assert "r-nim-llm-mpi-start-script" in names
    assert "r-nim-llm-ssh-pk" not in {
        each["metadata"]["name"] for each in objects(values=LWS)
    }


def test_only_optimized_models(error: Callable[..., str]) -> None:
    assert "Only optimized models currently supported" in error(
        values=with_(MPI, optimized={"enabled": False})
    )


def test_the_launcher_needs_no_adapters(pod: Container) -> None:
    lora = {"lora": {"repositories": ["a/b"]}}
    assert "initContainers" not in pod({**MPI, **lora}, "launcher")
    for values, role in ROLES[:3]:
        assert [
            each["name"] for each in pod({**values, **lora}, role)["initContainers"]
        ] == ["download-loras"]


def test_commands_of_the_user(container: Container) -> None:
    values = {
        **with_(LWS, workerCustomCommand=["w", "x"]),
        "customCommand": ["a", "b c"],
    }
    assert container(values, "leader")["command"] == ["a", "b c"]
    assert container(values, "worker")["command"] == ["w", "x"]
    assert container({**MPI, "customCommand": ["a"]}, "launcher")["command"] == ["a"]

"""The chart kserve-vllm: settings that have no effect, and under which conditions."""

from __future__ import annotations

from helm_llm.serving.charts.inert import (
    InertSettings,
    equals,
    given,
    inert,
    number,
    off,
    one_of,
)

ON_KNATIVE = one_of("deploymentMode", "Serverless", "Knative")
_AS_DEPLOYMENT = one_of("deploymentMode", "RawDeployment", "Standard")
_GROUP = equals("servingTopology", "multiNode")
_PROBES = ("startupProbe.*", "readinessProbe.*", "livenessProbe.*")

INERT: tuple[InertSettings, ...] = (
    inert(one_of("model.mode", "uri", "URI"), "model.s3.*"),
    inert(one_of("model.mode", "s3", "S3"), "model.uri"),
    inert(equals("servingTopology", "singleNode"), "multiNode.*"),
    # For a group, the chart itself writes the command, which starts Ray.
    inert(
        _GROUP,
        "servingRuntime.command",
        "servingRuntime.args",
        *_PROBES,
        also=(_AS_DEPLOYMENT,),
    ),
    # The chart renders no runtime if the user names an existing one.
    inert(
        given("servingRuntime.useExisting"), "servingRuntime.*", but=("useExisting",)
    ),
    inert(given("servingRuntime.useExisting"), "image.*", "displayName", *_PROBES),
    inert(off("endpoint.auth.enabled"), "endpoint.auth.serviceAccounts"),
    inert(_AS_DEPLOYMENT, "scaling.serverless.*"),
    # A HorizontalPodAutoscaler cannot scale to zero; KServe uses 1 instead.
    inert(
        _AS_DEPLOYMENT,
        "scaling.minReplicas",
        also=(number("scaling.minReplicas", lambda n: n == 0),),
        rendered=True,
    ),
    # Knative creates revisions instead of a Deployment and probes readiness only.
    inert(ON_KNATIVE, "scaling.rawDeployment.*", "startupProbe.*", "livenessProbe.*"),
    # Knative retains the last pod before it scales to zero.
    inert(
        number("scaling.minReplicas", lambda n: n > 0),
        "scaling.serverless.retentionPeriod",
        also=(ON_KNATIVE,),
        rendered=True,
    ),
)

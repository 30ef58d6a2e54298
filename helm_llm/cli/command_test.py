"""Options and help of `helm llm test`."""

from __future__ import annotations

from typing import Any

import click

from helm_llm.cli.failures import require_working_directory
from helm_llm.cli.shared_options import (
    chart_version_option,
    ignored_helm_flags,
    set_options,
)


@click.command()
@click.argument("release", required=False)
@click.argument("chart", required=False)
@click.option(
    "-f",
    "--values",
    multiple=True,
    metavar="FILE",
    help="Values file; can be repeated. Tests one case with these values.",
)
@set_options
@chart_version_option
@click.option(
    "--case",
    multiple=True,
    metavar="GLOB",
    help="Without -f, only test matching files of the chart's ci/*-values.yaml.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 32),
    default=2,
    show_default=True,
    metavar="N",
    help="Number of cases to test in parallel.",
)
@click.option(
    "--upgrade-from",
    metavar="VERSION|PATH",
    help="Install this older chart first, then upgrade the release.",
)
@click.option(
    "--no-lint",
    is_flag=True,
    help="Install the chart without linting it first.",
)
@click.option(
    "--kind",
    is_flag=True,
    help="Create a kind cluster for the test and delete it afterwards.",
)
@click.option(
    "--kind-image",
    metavar="IMAGE",
    help="Node image for the kind cluster.",
)
@click.option(
    "--kind-config",
    metavar="FILE",
    help="Configuration file for the kind cluster.",
)
@click.option(
    "--simulate",
    is_flag=True,
    help=(
        "Run a simulated engine instead of the real one; needs no GPU. Adds simulated "
        "GPUs to the nodes of the kind cluster and leaves them there."
    ),
)
@click.option(
    "--keep",
    is_flag=True,
    help="Keep everything the test created, and show how to inspect it.",
)
@click.option(
    "--clean",
    is_flag=True,
    help="Remove what interrupted or kept runs left behind, then exit.",
)
@click.option(
    "-n",
    "--namespace",
    metavar="NAME",
    help="Namespace of the release.",
)
@click.option(
    "--kube-context",
    metavar="NAME",
    help="Name of the kubeconfig context to use.",
)
@click.option(
    "--kubeconfig",
    metavar="FILE",
    help="Path to the kubeconfig file.",
)
@click.option(
    "--timeout",
    metavar="DURATION",
    help="Time limit for pods to become ready; defaults to what their probes allow.",
)
@click.option(
    "--artifacts",
    metavar="DIR",
    help="Save objects, events and logs of each case in DIR.",
)
@click.option(
    "--junit",
    metavar="FILE",
    help="Also write a JUnit report to FILE.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output format.",
)
@ignored_helm_flags
def test(**options: Any) -> int:
    """Test a running release, or install a chart and test it.

    With only RELEASE, nothing is changed: waits until the pods are ready, sends
    requests to the OpenAI API through a port-forward (models, API key,
    completion, chat, streaming) and runs `helm test`. Works for any chart that
    serves this API, and explains the cause when a check fails.

    With CHART, lints the chart, installs or upgrades the release and tests it.
    A release that did not exist before is removed again. Without -f, each
    ci/*-values.yaml of the chart is a case, tested in a separate namespace.

    \b
    Examples:
      helm llm test my-release
      helm llm test my-release charts/vllm -f prod.yaml --kind --simulate
      helm llm test --clean
    """
    from helm_llm import inputs, process
    from helm_llm.harness import command
    from helm_llm.harness.options import HarnessOptions

    try:
        if options.pop("clean"):
            return command.clean()
        require_working_directory()
        return command.test(HarnessOptions.of(options))
    finally:
        process.terminate_all()
        inputs.forget()

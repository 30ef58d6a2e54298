"""The command line: options in, one call, exit code out."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from helm_llm import __version__, masking, signals
from helm_llm.errors import HelmLlmError, UsageError

_HELM_ONLY = ("--burst-limit", "--qps", "--color", "--colour", "--content-cache")
"""Global flags that Helm leaves among a plugin's arguments; they are not for us."""

_SETTINGS = {
    "--set": "Set a value on the command line, as for helm: a.b=1,c=2.",
    "--set-string": "Set a value as a string.",
    "--set-json": "Set a value from JSON.",
    "--set-file": "Set a value from the content of a file.",
    "--set-literal": "Set a value as a string, verbatim.",
}


def run(arguments: Sequence[str]) -> int:
    """Run a command line; returns the exit code."""
    masking.begin(arguments)
    try:
        _check(arguments)
        code = helm_llm.main(
            list(arguments), prog_name=_program_name(), standalone_mode=False
        )
        return code if isinstance(code, int) else 0
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        return _refused(error)
    except HelmLlmError as error:
        return _failed(str(error), error.exit_code)
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except OSError as error:  # a full disk, for one: not our doing
        is_usage = error.filename is not None and error.errno in _ABOUT_A_NAME
        return _failed(
            f"{error.filename or 'standard output'}: {error.strerror}",
            2 if is_usage else 3,
        )
    except Exception as error:
        if signal := signals.received():  # Python wraps what is raised in some places
            raise signal from None
        if os.environ.get("HELM_DEBUG") == "true":
            return _traced(error)
        return _failed(_bug(error), 3)


_ABOUT_A_NAME = frozenset(
    {
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.EACCES,
        errno.EPERM,
        errno.ELOOP,
        errno.ENAMETOOLONG,
    }
)
"""What is wrong with the name of a file, or with the rights to it."""


def _require_directory() -> None:
    try:
        Path.cwd()
    except FileNotFoundError:
        raise UsageError(
            "the working directory does not exist any more: change to another one"
        ) from None


def _check(arguments: Sequence[str]) -> None:
    """Refuse what no system passes on, but a program that calls us may."""
    for argument in arguments:
        try:
            usable = b"\0" not in os.fsencode(argument)
        except UnicodeEncodeError:
            usable = False
        if not usable:
            raise UsageError(
                f"the argument {argument!r} has a character that no program can be given"
            )


def _program_name() -> str:
    return "helm llm" if os.environ.get("HELM_PLUGIN_NAME") else "helm-llm"


def _failed(message: str, code: int) -> int:
    click.echo(masking.clean(f"Error: {message}"), err=True)
    return code


def _refused(error: click.ClickException) -> int:
    """What click says of an option or argument quotes it."""
    said = io.StringIO()
    error.show(said)
    click.echo(masking.clean(said.getvalue()), err=True, nl=False)
    return error.exit_code


def _traced(error: Exception) -> int:
    import traceback

    click.echo(
        masking.clean("".join(traceback.format_exception(error))), err=True, nl=False
    )
    return 3


def _bug(error: Exception) -> str:
    """One line for a failure of ours; when a rule raised it, the rule is named."""
    marker, modules, frame = "helm_llm.lint.rules.", [], error.__traceback__
    while frame:
        modules.append(str(frame.tb_frame.f_globals.get("__name__", "")))
        frame = frame.tb_next
    rules = [
        module.rpartition(".")[2].replace("_", "-")
        for module in modules
        if module.startswith(marker)
    ]
    where = f"rule {rules[0]} failed" if rules else "helm-llm failed"
    cure = (
        f"`--ignore {rules[0]}` lints without it"
        if rules
        else "`helm --debug llm ...` shows the traceback"
    )
    return f"{where} ({type(error).__name__}: {error}), a bug of ours: please report it; {cure}"


def _settings(command: Any) -> Any:
    for flag, text in reversed(_SETTINGS.items()):
        command = click.option(flag, multiple=True, metavar="EXPRESSION", help=text)(
            command
        )
    return command


def _ignored_helm_flags(command: Any) -> Any:
    for flag in _HELM_ONLY:
        command = click.option(flag, hidden=True, expose_value=False)(command)
    return command


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, prog_name="helm-llm")
def helm_llm() -> None:
    """Lint and test Helm charts that serve LLMs: findings at line and column of your own values file."""


@helm_llm.command()
@click.argument("charts", nargs=-1, metavar="[CHART|FILE]...")
@click.option(
    "-f",
    "--values",
    multiple=True,
    metavar="FILE",
    help="Values file, as for helm; later ones win.",
)
@_settings
@click.option(
    "--each",
    multiple=True,
    metavar="GLOB",
    help="Lint every matching file as a last -f of its own.",
)
@click.option(
    "--no-render",
    is_flag=True,
    help="Do not run `helm template`: no rules on manifests.",
)
@click.option(
    "--select",
    multiple=True,
    metavar="RULES",
    help="Only these: ids, prefixes (gpu-*), areas (storage).",
)
@click.option("--ignore", multiple=True, metavar="RULES", help="Not these.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    show_default="error",
    help="The severity from which on findings exit with 1.",
)
@click.option(
    "--format",
    "format_",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help="text (the default), json, sarif, github or junit, printed or written to FILE; repeatable.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Write the report of the --format without a FILE there.",
)
@click.option(
    "--fix",
    is_flag=True,
    help="Mend what has exactly one cure in your values files, then report the rest.",
)
@click.option(
    "--diff", is_flag=True, help="Print what --fix would change, and change nothing."
)
@click.option(
    "--offline", is_flag=True, help="Pull no chart from a repository or registry."
)
@click.option(
    "--version",
    metavar="VERSION",
    help="Version of a chart from a repository or registry.",
)
@click.option(
    "--config", metavar="FILE", help="Configuration; else the nearest .helm-llm.yaml."
)
@click.option("--baseline", metavar="FILE", help="Hide the findings this file knows.")
@click.option(
    "--write-baseline", metavar="FILE", help="Make all findings of this run known ones."
)
@click.option(
    "--timeout",
    default="60s",
    show_default=True,
    metavar="TIME",
    help="How long each run of Helm and each pipe may take.",
)
@click.option(
    "--release-name",
    show_default="release-name",
    metavar="NAME",
    help="Name to render with.",
)
@click.option("-n", "--namespace", help="Namespace to render with.")
@click.option("--kube-version", help="Kubernetes version to render for.")
@click.option(
    "-a", "--api-versions", multiple=True, help="Kubernetes API versions to render for."
)
@_ignored_helm_flags
def lint(**options: Any) -> int:
    """Lint charts with values.

    CHART is a chart's directory or archive, repo/name, oci://..., or a directory of charts; without one, the targets
    of .helm-llm.yaml, else the current directory. Each chart found in a directory of charts is linted with its defaults
    and with each of its ci/*-values.yaml.

    FILE is one of a chart's own files or values to lint alone: with the chart named before it, else with the targets of
    .helm-llm.yaml that read it, else with the chart it lies in.

    \b
      helm llm lint charts/vllm -f base.yaml -f prod.yaml --set replicaCount=2
    """
    from helm_llm import inputs, process
    from helm_llm.lint import command

    _require_directory()
    try:
        return command.lint(command.LintOptions.of(options))
    except (process.TimedOut, inputs.NoEnd) as error:
        error.args = (f"{error}; --timeout gives it longer",)
        raise
    finally:
        process.terminate_all()
        inputs.forget()


@helm_llm.command()
@click.argument("release", required=False)
@click.argument("chart", required=False)
@click.option(
    "-f",
    "--values",
    multiple=True,
    metavar="FILE",
    help="Values file of the one case to test.",
)
@_settings
@click.option(
    "--version",
    metavar="VERSION",
    help="Version of a chart from a repository or registry.",
)
@click.option(
    "--case",
    multiple=True,
    metavar="GLOB",
    help="Without -f: only these of the chart's ci/*-values.yaml.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 32),
    default=2,
    show_default=True,
    help="Cases at a time.",
)
@click.option(
    "--upgrade-from",
    metavar="VERSION|PATH",
    help="Install this older chart first, then upgrade in place.",
)
@click.option("--no-lint", is_flag=True, help="Install also what lint calls an error.")
@click.option(
    "--kind", is_flag=True, help="Make a kind cluster for it and delete it again."
)
@click.option("--kind-image", metavar="IMAGE", help="Node image of that cluster.")
@click.option(
    "--kind-config", metavar="FILE", help="kind's configuration of that cluster."
)
@click.option(
    "--simulate",
    is_flag=True,
    help="A simulated engine; kind nodes keep the GPUs it makes up.",
)
@click.option(
    "--keep", is_flag=True, help="Leave what was made, and say how to look at it."
)
@click.option(
    "--clean", is_flag=True, help="Remove what killed and kept runs left; nothing else."
)
@click.option("-n", "--namespace", help="Namespace of the release.")
@click.option(
    "--kube-context", metavar="NAME", help="Context of the cluster, as for helm."
)
@click.option(
    "--kubeconfig", metavar="FILE", help="Kubeconfig of the cluster, as for helm."
)
@click.option(
    "--timeout",
    metavar="TIME",
    help="How long pods may take to be ready; else what their probes allow.",
)
@click.option(
    "--artifacts",
    metavar="DIR",
    help="Keep objects, events and logs of each case there.",
)
@click.option("--junit", metavar="FILE", help="Write a JUnit report too.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
@_ignored_helm_flags
def test(**options: Any) -> int:
    """Test a release in a cluster, or a chart.

    With RELEASE alone nothing is changed: waits until its pods are ready, asks its OpenAI API through a port-forward
    (models, API key, completion, chat, stream) and runs `helm test`. Works for every chart that serves such an API,
    and says why when something fails.

    With CHART it is linted, installed or upgraded, tested so, and removed again if it was not there before. Without -f
    each of the chart's ci/*-values.yaml is a case in a namespace of its own.

    \b
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
        _require_directory()
        return command.test(HarnessOptions.of(options))
    finally:
        process.terminate_all()
        inputs.forget()


@helm_llm.command()
@click.argument("rule", required=False)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
)
def rules(rule: str | None, format_: str) -> None:
    """List the rules, or print the page of one."""
    from helm_llm.lint import catalogue

    click.echo(catalogue.CATALOGUES[format_](rule), nl=False)


@helm_llm.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish", "helm"]))
def completion(shell: str) -> None:
    """Print a completion script for the `helm-llm` command.

    \b
      source <(helm-llm completion bash)

    `helm` prints the completion.yaml by which `helm completion` knows the plugin.
    """
    from helm_llm import completion as scripts

    click.echo(scripts.completion_script(helm_llm, shell))

"""The command line: `run` takes the arguments and returns the exit code."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from helm_llm import __version__, masking, signals
from helm_llm.cli.command_lint import lint
from helm_llm.cli.command_test import test
from helm_llm.cli.failures import (
    check_arguments,
    report_bug,
    report_click_error,
    report_error,
    report_os_error,
)
from helm_llm.errors import HelmLlmError


def run(arguments: Sequence[str]) -> int:
    """Run a command line; returns the exit code."""
    masking.begin(arguments)
    try:
        check_arguments(arguments)
        # standalone_mode=False: click raises its errors instead of exiting, so that
        # they can be masked.
        code = helm_llm.main(
            list(arguments), prog_name=_program_name(), standalone_mode=False
        )
        return code if isinstance(code, int) else 0
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        return report_click_error(error)
    except HelmLlmError as error:
        return report_error(str(error), error.exit_code)
    except (KeyboardInterrupt, BrokenPipeError):
        raise  # `__main__` turns these into exit codes
    except OSError as error:
        return report_os_error(error)
    except Exception as error:
        # Python wraps an exception that a signal handler raises in some places.
        if signal := signals.received():
            raise signal from None
        return report_bug(error)


def _program_name() -> str:
    return "helm llm" if os.environ.get("HELM_PLUGIN_NAME") else "helm-llm"


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="helm-llm")
def helm_llm() -> None:
    """Lint and test Helm charts that serve LLMs.

    Findings point at the line and column of your own values file.
    """


helm_llm.add_command(lint)
helm_llm.add_command(test)


@helm_llm.command()
@click.argument("rule", required=False)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Output format.",
)
def rules(rule: str | None, format_: str) -> None:
    """List all rules, or show the documentation of RULE."""
    from helm_llm.lint import catalogue

    click.echo(catalogue.CATALOGUES[format_](rule), nl=False)


@helm_llm.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish", "helm"]))
def completion(shell: str) -> None:
    """Generate a shell completion script.

    \b
      source <(helm-llm completion bash)

    bash, zsh and fish complete the `helm-llm` command. `helm` prints the
    completion.yaml that `helm completion` uses for the plugin.
    """
    from helm_llm.completion import completion_script

    click.echo(completion_script(helm_llm, shell))

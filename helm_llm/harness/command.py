"""`helm llm test`: from options to an exit code."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from helm_llm import process
from helm_llm.errors import UsageError
from helm_llm.harness import ledger as ledgers
from helm_llm.harness import trial, wait
from helm_llm.harness.case import Case
from helm_llm.harness.cluster import kind_cluster_of, load_images, settle, throw_away
from helm_llm.harness.install import fetched
from helm_llm.harness.ledger import Ledger
from helm_llm.harness.options import HarnessOptions
from helm_llm.harness.plan import namespaces, plan
from helm_llm.harness.reporters import REPORTERS
from helm_llm.harness.reporters.progress import Progress
from helm_llm.harness.result import CaseResult, RunResult
from helm_llm.harness.simulate import curl_image, simulator_image
from helm_llm.harness.site import Site, Tools
from helm_llm.tools.docker import Docker
from helm_llm.tools.helm import Helm
from helm_llm.tools.kind import Kind


def test(options: HarnessOptions) -> int:
    """Test a release, or a chart, and write the reports; returns the exit code."""
    progress = Progress(sys.stderr)
    with _terminable(), ledgers.open_ledger(progress.line, keep=options.keep) as ledger:
        site = Site(find_tools(options), options.access, options.namespace, progress.say(options.release))
        cases = _charts(options, site, ledger, progress) if options.target else _release(options, site, progress)
        with cases as results:
            result = RunResult(tuple(results), simulated=options.simulate)
            _write(result, options)
    return result.exit_code


def clean() -> int:
    """Remove what killed and kept runs left."""
    return ledgers.clean(Progress(sys.stderr).line)


@contextmanager
def _release(options: HarnessOptions, site: Site, progress: Progress) -> Iterator[Sequence[CaseResult]]:
    case = _case(options, site, progress, options.release, ())
    case.check()
    yield [case.result()]


@contextmanager
def _charts(options: HarnessOptions, site: Site, ledger: Ledger, progress: Progress) -> Iterator[Sequence[CaseResult]]:
    assert options.target  # noqa: S101 - the caller looked
    target = fetched(site, options.target, options.version, ledger.directory)
    cases = plan(target, options.cases)
    with ExitStack() as stack:
        site = _place(options, site, ledger, stack)
        terms = trial.Terms(
            ledger, options.kind, options.lint, options.simulate, options.upgrade_from, min(options.jobs, len(cases))
        )
        names = [options.namespace] if target.files else namespaces(ledger.id, cases)
        calls = [
            partial(trial.run, terms, _case(options, site.at(name), progress, case.name, case.target.files), case)
            for name, case in zip(names, cases, strict=True)
        ]
        yield _parallel(calls, options.jobs)


def _place(options: HarnessOptions, site: Site, ledger: Ledger, stack: ExitStack) -> Site:
    """The cluster, with the simulator's images where they are wanted."""
    if options.kind:
        made = throw_away(site, ledger, options.kind_image, options.kind_config, offline=options.simulate)
        site = stack.enter_context(made)
        settle(site.at("default"))
    elif options.simulate:
        site = site.on(site.access, kind_cluster_of(site))
        if not site.kind_cluster:
            raise UsageError(
                "--simulate gives nodes GPUs that are not there, which it does to kind clusters only: add --kind"
            )
    if options.simulate:
        load_images(site, (simulator_image(), curl_image()))
    return site


def _case(options: HarnessOptions, site: Site, progress: Progress, name: str, files: tuple[str, ...]) -> Case:
    return Case(
        site.telling(progress.say(name)),
        options.release,
        name,
        progress.done(name),
        files,
        options.seconds,
        options.artifacts,
    )


def _parallel(calls: Sequence[Callable[[], CaseResult]], jobs: int) -> list[CaseResult]:
    """The results in order; when one call breaks, or Ctrl-C comes, the others unwind too."""
    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(call) for call in calls]
        try:
            return [future.result() for future in futures]
        except BaseException:
            wait.stop()
            process.terminate_all()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        finally:
            wait.resume()


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does: what was created is removed."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def find_tools(options: HarnessOptions) -> Tools:
    """Every program a run needs; all that are missing are named at once."""
    programs = {"helm": os.environ.get("HELM_BIN") or "helm", "kubectl": "kubectl"}
    if options.kind or options.simulate:
        programs |= {"docker": "docker", "kind": "kind"}
    found = {name: shutil.which(program) or "" for name, program in programs.items()}
    missing = [name for name, path in found.items() if not path]
    if missing:
        raise process.ToolMissing(" and ".join(missing), "install what is missing, or put it on PATH")
    docker, kind = found.get("docker"), found.get("kind")
    helm = Helm(str(Path(found["helm"]).absolute()))
    return Tools(helm, found["kubectl"], Docker(docker) if docker else None, Kind(kind) if kind else None)


def _write(result: RunResult, options: HarnessOptions) -> None:
    REPORTERS[options.format](result, sys.stdout)
    sys.stdout.flush()
    if options.junit:
        with options.junit.open("w", encoding="utf-8") as out:
            REPORTERS["junit"](result, out)

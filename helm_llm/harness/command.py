"""`helm llm test`: from options to an exit code."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

from helm_llm import process
from helm_llm.harness import chart_case, deadline
from helm_llm.harness import ledger as ledgers
from helm_llm.harness.cluster import Wanted, prepared
from helm_llm.harness.context import Site, find_tools
from helm_llm.harness.install import fetched
from helm_llm.harness.ledger import Ledger
from helm_llm.harness.options import HarnessOptions
from helm_llm.harness.plan import namespaces, plan
from helm_llm.harness.release_case import Case
from helm_llm.harness.reporters import REPORTERS
from helm_llm.harness.reporters.progress import Progress
from helm_llm.harness.result import CaseResult, RunResult, shown
from helm_llm.tools.api import Proxy
from helm_llm.writing import write_all


def test(options: HarnessOptions) -> int:
    """Test a release, or a chart, and write the reports; returns the exit code."""
    progress = Progress(sys.stderr)
    with ledgers.open_ledger(progress.line, keep=options.keep) as ledger:
        tools = find_tools(with_kind=options.kind or options.simulate)
        with Proxy(tools.kubectl, options.access, ledger.directory / "api") as proxy:
            site = Site(
                tools,
                options.access,
                proxy,
                options.namespace,
                progress.say(options.release),
            )
            cases = (
                _charts(options, site, ledger, progress)
                if options.target
                else _release(options, site, progress)
            )
            with cases as results:
                result = RunResult(tuple(results), simulated=options.simulate)
                _write(result, options)
    return result.exit_code


def clean() -> int:
    """Remove what killed and kept runs left."""
    return ledgers.clean(Progress(sys.stderr).line)


@contextmanager
def _release(
    options: HarnessOptions, site: Site, progress: Progress
) -> Iterator[Sequence[CaseResult]]:
    case = _case(options, site, progress, options.release, ())
    case.check()
    yield [case.result()]


@contextmanager
def _charts(
    options: HarnessOptions, site: Site, ledger: Ledger, progress: Progress
) -> Iterator[Sequence[CaseResult]]:
    assert options.target  # noqa: S101 - the caller looked
    target = fetched(site, options.target, options.version, ledger.directory)
    cases = plan(target, options.cases)
    with ExitStack() as stack:
        wanted = Wanted(
            options.kind, options.kind_image, options.kind_config, options.simulate
        )
        site = prepared(site, ledger, wanted, stack)
        jobs = min(options.jobs, len(cases))
        terms = chart_case.Terms(
            ledger, options.lint, options.simulate, options.upgrade_from, jobs
        )
        names = [options.namespace] if target.files else namespaces(ledger.id, cases)
        calls = [
            partial(
                chart_case.run,
                terms,
                _case(options, site.at(name), progress, case.name, case.target.files),
                case,
            )
            for name, case in zip(names, cases, strict=True)
        ]
        yield _parallel(calls, options.jobs)


def _case(
    options: HarnessOptions,
    site: Site,
    progress: Progress,
    name: str,
    files: tuple[str, ...],
) -> Case:
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
            deadline.stop()
            process.terminate_all()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        finally:
            deadline.resume()


def _write(result: RunResult, options: HarnessOptions) -> None:
    result = shown(result)
    REPORTERS[options.format](result, sys.stdout)
    sys.stdout.flush()
    if options.junit:
        out = io.StringIO()
        REPORTERS["junit"](result, out)
        write_all([(options.junit, out.getvalue())])

"""`helm llm test`: from its options to its exit code."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial

from helm_llm import process
from helm_llm.harness import deadline
from helm_llm.harness import ledger as ledgers
from helm_llm.harness.chart_case import RunSettings, run_planned_case
from helm_llm.harness.cluster import ClusterOptions, prepare_cluster
from helm_llm.harness.context import Context, find_tools
from helm_llm.harness.install import fetch_chart, fetch_older_chart
from helm_llm.harness.ledger import Ledger
from helm_llm.harness.options import HarnessOptions
from helm_llm.harness.plan import namespaces_for, plan
from helm_llm.harness.release_case import ReleaseCase
from helm_llm.harness.reporters import REPORTERS
from helm_llm.harness.reporters.progress import Progress
from helm_llm.harness.result import CaseResult, RunResult, mask_result
from helm_llm.lint.targets.target import Target
from helm_llm.tools.proxy import Proxy
from helm_llm.writing import write_all


def test(options: HarnessOptions) -> int:
    """Test a release, or a chart, and write the reports; return the exit code."""
    progress = Progress(sys.stderr)
    with ledgers.open_ledger(progress.write_line, keep=options.keep) as ledger:
        tools = find_tools(with_kind=options.kind or options.simulate)
        with Proxy(tools.kubectl, options.access, ledger.directory / "api") as proxy:
            context = Context(
                tools,
                options.access,
                proxy,
                options.namespace,
                progress.waiting(options.release),
            )
            return _Run(options, ledger, progress).execute(context)


def clean() -> int:
    """Remove what killed and kept runs left behind; return the exit code."""
    return ledgers.clean(Progress(sys.stderr).write_line)


@dataclass(frozen=True, slots=True)
class _Run:
    options: HarnessOptions
    ledger: Ledger
    progress: Progress

    def execute(self, context: Context) -> int:
        options = self.options
        if options.target is None:
            result = self._result([self._check_release(context)])
            _write_reports(result, options)
            return result.exit_code
        with self._chart_cases(options.target, context) as cases:
            # The reports come before the cluster is deleted, which takes a while.
            result = self._result(_run_in_parallel(cases, options.jobs))
            _write_reports(result, options)
        return result.exit_code

    def _result(self, cases: Sequence[CaseResult]) -> RunResult:
        return RunResult(tuple(cases), simulated=self.options.simulate)

    def _check_release(self, context: Context) -> CaseResult:
        case = self._case(context, self.options.release, ())
        case.check()
        return case.result()

    @contextmanager
    def _chart_cases(
        self, target: Target, context: Context
    ) -> Iterator[list[Callable[[], CaseResult]]]:
        options, helm = self.options, context.tools.helm
        chart = fetch_chart(helm, target.chart, options.version)
        older = ""
        if options.upgrade_from:
            older = fetch_older_chart(helm, target.chart, options.upgrade_from)
        target = replace(target, chart=chart)
        cases = plan(target, options.cases)
        cluster = ClusterOptions(
            options.kind, options.kind_image, options.kind_config, options.simulate
        )
        names = [options.namespace]
        if not target.files:
            names = namespaces_for(self.ledger.id, cases)
        jobs = min(options.jobs, len(cases))
        settings = RunSettings(self.ledger, options.lint, options.simulate, older, jobs)
        with ExitStack() as stack:
            context = prepare_cluster(context, self.ledger, cluster, stack)
            calls: list[Callable[[], CaseResult]] = []
            for name, planned in zip(names, cases, strict=True):
                place = context.in_namespace(name)
                case = self._case(place, planned.name, planned.target.files)
                calls.append(partial(run_planned_case, settings, case, planned))
            yield calls

    def _case(self, context: Context, name: str, files: tuple[str, ...]) -> ReleaseCase:
        return ReleaseCase(
            context.with_progress(self.progress.waiting(name)),
            self.options.release,
            name,
            self.progress.step_ended(name),
            files,
            self.options.seconds,
            self.options.artifacts,
        )


def _run_in_parallel(
    calls: Sequence[Callable[[], CaseResult]], jobs: int
) -> list[CaseResult]:
    """Return the results in order.

    If one call raises, or Ctrl-C interrupts the run, the other calls unwind too.
    """
    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(call) for call in calls]
        try:
            return [future.result() for future in futures]
        except BaseException:
            # Other cases may be waiting, or running programs for minutes.
            deadline.stop()
            process.terminate_all()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        finally:
            # Removing what the cases created waits too.
            deadline.resume()


def _write_reports(result: RunResult, options: HarnessOptions) -> None:
    result = mask_result(result)
    REPORTERS[options.format](result, sys.stdout)
    sys.stdout.flush()
    if options.junit:
        out = io.StringIO()
        REPORTERS["junit"](result, out)
        write_all([(options.junit, out.getvalue())])

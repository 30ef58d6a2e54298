"""Every key of a chart set to values that nobody means, linted and rendered by real Helms.

`sweep.py --helm PATH... CHART...` says what went wrong: lint that fails, a report that cannot be written, and templates
that fail on values which the schema accepts.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from helm_llm import masking
from helm_llm.document.document import read
from helm_llm.errors import HelmLlmError
from helm_llm.keypath import MISSING, KeyPath, dotted, lookup
from helm_llm.lint.finding import Finding
from helm_llm.lint.render import RenderOptions, renders
from helm_llm.lint.report import Report
from helm_llm.lint.reporters import reporter
from helm_llm.lint.rules import RULES
from helm_llm.lint.run import Run
from helm_llm.lint.schema.subschema import below, siblings
from helm_llm.lint.targets.target import Target, scenarios_of
from helm_llm.process import Running
from helm_llm.tools.helm import Helm
from helm_llm.values.chart import Chart, load

ODD: tuple[Any, ...] = (None, "", [], {}, 0, -1, 1.5, True, "long" * 1250)
_DEEPEST = 8
_SCENARIOS = 2
_REFUSED = {"schema", "unknown-key"}
_FORMATS = ("text", "json", "sarif", "github", "junit")


@dataclass(frozen=True)
class Case:
    """A values file of a chart, one of its ci scenarios or none, with one value changed."""

    chart: str
    scenario: str
    path: KeyPath
    value: Any

    def __str__(self) -> str:
        written = json.dumps(self.value)
        shown = written if len(written) < 20 else f"{len(self.value)} characters"
        return (
            f"{self.chart} {self.scenario or 'defaults'}: {dotted(self.path)} = {shown}"
        )

    @property
    def text(self) -> str:
        """The values file."""
        tree = read(self.scenario).tree if self.scenario else {}
        return json.dumps(_with(tree, self.path, self.value))


def cases(chart: Chart) -> Iterator[Case]:
    """Each key over the defaults, and over those scenarios that set it or what stands beside it."""
    trees = {
        str(scenario): read(str(scenario)).tree for scenario in scenarios_of(chart.path)
    }
    own = (path for tree in trees.values() for path in _paths(chart, tree))
    for path in dict.fromkeys([*_paths(chart, chart.defaults.tree), *own]):
        beside = (
            scenario
            for scenario, tree in trees.items()
            if len(path) > 1 and lookup(tree, path[:-1]) is not MISSING
        )
        setting = (
            scenario
            for scenario, tree in trees.items()
            if lookup(tree, path) is not MISSING
        )
        near = dict.fromkeys(
            [*islice(setting, _SCENARIOS), *islice(beside, _SCENARIOS)]
        )
        yield from (
            Case(chart.path, scenario, path, value)
            for scenario in ("", *near)
            for value in ODD
        )


def failures(chosen: Sequence[Case], helm: Helm, directory: Path) -> Iterator[str]:
    """What goes wrong, case by case."""
    accepted: list[tuple[Case, Target]] = []
    for number, case in enumerate(chosen):
        file = directory / f"{number}.yaml"
        file.write_text(case.text)
        target = Target(case.chart, (str(file),))
        found = _linted(target, helm)
        if isinstance(found, str):
            yield f"{case}: {found}"
        elif not any(finding.rule.id in _REFUSED for finding in found.findings):
            accepted.append((case, target))
    rendering = renders(helm, [target for _, target in accepted], RenderOptions())
    for (case, target), render in zip(accepted, rendering, strict=True):
        found = _linted(target, helm, render)
        if isinstance(found, str):
            yield f"{case}: {found}"
            continue
        yield from (
            f"{case}: {each.message}" for each in found.findings if _is_broken(each)
        )


def _is_broken(finding: Finding) -> bool:
    """Whether a template failed, and not because it says `fail` or `required`: a refusal in words is the chart's."""
    return (
        finding.rule.id == "template-failed"
        and "execution error at (" not in finding.message
    )


def _linted(target: Target, helm: Helm, render: Running | None = None) -> Report | str:
    """The report, or why there is none."""
    run = Run(RULES, helm.version)
    masking.begin([])  # each case is a run of its own
    try:
        run.lint(target, render)
        report = run.report()
        for format in _FORMATS:
            reporter(format)(report, io.StringIO())
    except HelmLlmError as error:
        return f"exit code {error.exit_code}, {error}"
    except Exception as error:  # whatever it is, lint would end with 3
        return f"exit code 3, {type(error).__name__}: {error} at {_where(error)}"
    return report


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


def _paths(chart: Chart, tree: Any) -> Iterator[KeyPath]:
    """Every path of a tree, and of what the schema knows beside it."""
    root = chart.schema or {}
    pending: list[tuple[KeyPath, tuple[Any, ...]]] = [((), (root,))]
    while pending:
        path, schemas = pending.pop()
        for key in _keys(lookup(tree, path), root, schemas):
            yield (*path, key)
            if len(path) < _DEEPEST:
                pending.append(((*path, key), below(root, schemas, key)))


def _keys(value: Any, root: Any, schemas: tuple[Any, ...]) -> Iterable[str | int]:
    if isinstance(value, list) and value:
        return range(len(value))
    named = siblings(root, schemas)
    if not named and below(root, schemas, 0):
        return (0,)
    return dict.fromkeys([*(value if isinstance(value, dict) else ()), *named])


def _with(tree: Any, path: KeyPath, value: Any) -> Any:
    """A copy with a value at the path, whatever stands in the way replaced."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(head, int):
        items = list(tree) if isinstance(tree, list) else []
        items[head : head + 1] = [
            _with(items[head] if head < len(items) else None, rest, value)
        ]
        return items
    entries = tree if isinstance(tree, dict) else {}
    return {**entries, head: _with(entries.get(head), rest, value)}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 when something went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("charts", nargs="+")
    parser.add_argument(
        "--helm",
        action="append",
        required=True,
        help="path of a Helm, several times for several",
    )
    parser.add_argument(
        "--sample", type=int, help="this many cases of each chart, not all"
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    wrong = 0
    for chart in options.charts:
        chosen = list(cases(load(chart)))
        if options.sample:
            chosen = random.Random(options.seed).sample(chosen, options.sample)
        for binary in options.helm:
            print(f"{chart}: {len(chosen)} cases, {binary}", file=sys.stderr)
            with tempfile.TemporaryDirectory() as directory:
                for failure in failures(chosen, Helm(binary), Path(directory)):
                    wrong += 1
                    print(failure, flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())

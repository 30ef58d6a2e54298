"""Set every key of a chart to odd values, lint them and render them with real Helms.

`sweep.py --helm PATH... CHART...` prints what fails: lint itself, a report, or a template with
values that the schema accepts.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from helm_llm import masking
from helm_llm.document.reader import read_document
from helm_llm.errors import HelmLlmError
from helm_llm.keypath import MISSING, KeyPath, dotted, lookup
from helm_llm.lint.finding import Finding
from helm_llm.lint.render import RenderOptions, start_renders
from helm_llm.lint.report import Report
from helm_llm.lint.reporters import FORMATS, report_writer
from helm_llm.lint.rules import RULES
from helm_llm.lint.run import Run
from helm_llm.lint.schema.subschema import below, siblings
from helm_llm.lint.targets.target import Target, find_scenarios
from helm_llm.process import Running
from helm_llm.tools.helm import Helm
from helm_llm.values.chart import Chart
from helm_llm.values.chart_loader import load_chart

ODD: tuple[object, ...] = (None, "", [], {}, 0, -1, 1.5, True, "long" * 1250)
_DEEPEST = 8
_SCENARIOS = 2


@dataclass(frozen=True)
class Case:
    """A scenario of a chart, or its defaults, with one value changed."""

    chart: str
    scenario: str
    path: KeyPath
    value: object

    def __str__(self) -> str:
        value = json.dumps(self.value)
        if len(value) >= 20:
            value = f"{len(str(self.value))} characters"
        base = f"{self.chart} {self.scenario or 'defaults'}"
        return f"{base}: {dotted(self.path)} = {value}"

    @property
    def text(self) -> str:
        """The values file."""
        tree = read_document(self.scenario).tree if self.scenario else {}
        return json.dumps(_with(tree, self.path, self.value))


def cases(chart: Chart) -> Iterator[Case]:
    """Yield each key over the defaults, and over scenarios that set it or a neighbour of it."""
    trees: dict[str, object] = {}
    paths = dict.fromkeys(_paths(chart, chart.defaults.tree))
    for scenario in map(str, find_scenarios(chart.path)):
        trees[scenario] = read_document(scenario).tree
        paths.update(dict.fromkeys(_paths(chart, trees[scenario])))
    for path in paths:
        near = [*_setting(trees, path), *_setting(trees, path[:-1])]
        for scenario in ("", *dict.fromkeys(near)):
            for value in ODD:
                yield Case(chart.path, scenario, path, value)


def _setting(trees: Mapping[str, object], path: KeyPath) -> Iterator[str]:
    """Yield the first scenarios that set a path; for the root, which all set, none."""
    if path:
        setting = (name for name in trees if lookup(trees[name], path) is not MISSING)
        yield from islice(setting, _SCENARIOS)


def failures(chosen: Sequence[Case], helm: Helm, directory: Path) -> Iterator[str]:
    """Yield what fails, case by case."""
    accepted: list[tuple[Case, Target]] = []
    for number, case in enumerate(chosen):
        file = directory / f"{number}.yaml"
        file.write_text(case.text)
        target = Target(case.chart, (str(file),))
        found = _lint(target, helm)
        if isinstance(found, str):
            yield f"{case}: {found}"
        elif not any(finding.rule.refused_by == "schema" for finding in found.findings):
            accepted.append((case, target))
    rendering = start_renders(helm, [target for _, target in accepted], RenderOptions())
    for (case, target), render in zip(accepted, rendering, strict=True):
        found = _lint(target, helm, render)
        if isinstance(found, str):
            yield f"{case}: {found}"
            continue
        for finding in found.findings:
            if _is_broken(finding):
                yield f"{case}: {finding.message}"


def _is_broken(finding: Finding) -> bool:
    """Whether a template failed other than by `fail` or `required`, which are refusals in words."""
    return (
        finding.rule.id == "template-failed"
        and "execution error at (" not in finding.message
    )


def _lint(target: Target, helm: Helm, render: Running | None = None) -> Report | str:
    """Return the report, or why it could not be made."""
    run = Run(RULES, helm.version)
    # Each case is a separate run.
    masking.begin([])
    try:
        run.lint(target, render)
        report = run.report()
        for format in FORMATS:
            report_writer(format)(report, io.StringIO())
    except HelmLlmError as error:
        return f"exit code {error.exit_code}, {error}"
    except Exception as error:
        # An error of ours, with which lint would exit with 3.
        return f"exit code 3, {type(error).__name__}: {error} at {_where(error)}"
    return report


def _where(error: BaseException) -> str:
    """Return file and line of the innermost frame."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"


def _paths(chart: Chart, tree: object) -> Iterator[KeyPath]:
    """Yield every path of a tree, and the paths that only the schema has."""
    root = chart.schema or {}
    pending: list[tuple[KeyPath, tuple[object, ...]]] = [((), (root,))]
    while pending:
        path, schemas = pending.pop()
        for key in _keys(lookup(tree, path), root, schemas):
            yield (*path, key)
            if len(path) < _DEEPEST:
                pending.append(((*path, key), below(root, schemas, key)))


def _keys(
    value: object, root: Mapping[str, object], schemas: tuple[object, ...]
) -> Iterable[str | int]:
    if isinstance(value, list) and value:
        return range(len(value))
    known = siblings(root, schemas)
    if not known and below(root, schemas, 0):
        return (0,)
    present = value if isinstance(value, dict) else {}
    return dict.fromkeys([*present, *known])


def _with(tree: object, path: KeyPath, value: object) -> object:
    """Return a copy with a value at the path; what has another type on the way is replaced."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(key, int):
        items = list(tree) if isinstance(tree, list) else []
        before = items[key] if key < len(items) else None
        # Beyond the end of a shorter list this appends.
        items[key : key + 1] = [_with(before, rest, value)]
        return items
    entries = tree if isinstance(tree, dict) else {}
    return {**entries, key: _with(entries.get(key), rest, value)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("charts", nargs="+")
    parser.add_argument(
        "--helm",
        action="append",
        required=True,
        help="path of a Helm; can be repeated",
    )
    parser.add_argument(
        "--sample", type=int, help="run this many cases of each chart instead of all"
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    wrong = 0
    for chart in options.charts:
        chosen = list(cases(load_chart(chart)))
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

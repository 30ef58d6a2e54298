"""schema."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import MISSING, dotted, lookup
from helm_llm.lint.chart_scope import Scope
from helm_llm.lint.fix import Quote
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.schema.hint import hint, is_unquoted_text
from helm_llm.lint.schema.sentence import sentence
from helm_llm.lint.schema.validation import UNKNOWN_KEY, Validation, Violation


@rule("schema", Severity.ERROR, Confidence.CERTAIN, refused_by="schema", echoes=True)
def schema(validation: Validation) -> Iterator[Problem]:
    """A value does not match the chart's schema.

    ## Why
    Helm validates the merged values against the chart's values.schema.json and refuses
    to install, upgrade or render:
    `values don't meet the specifications of the schema(s)`. Its error names neither the
    file nor the line. The most common cause is a number or boolean where Kubernetes
    needs a string: in annotations, labels, environment variables and image tags.
    References to schemas on the web are not fetched.

    ## Bad
    ```yaml
    # chart: vllm
    image:
      pullPolicy: ifNotPresent
    podAnnotations:
      prometheus.io/port: 8000
    persistence:
      size: 100GB
    ```

    ## Good
    ```yaml
    # chart: vllm
    image:
      pullPolicy: IfNotPresent
    podAnnotations:
      prometheus.io/port: "8000"
    persistence:
      size: 100Gi
    ```
    """
    for scope, violation in validation.refused:
        if violation.keyword in UNKNOWN_KEY:
            continue
        is_container = isinstance(violation.value, (dict, list))
        yield Problem(
            violation.path,
            sentence(violation),
            help=_help(scope, violation),
            # Maps and lists may have many lines: their key is the shorter place.
            at_key=is_container or violation.keyword == "propertyNames",
            fix=Quote(violation.path) if is_unquoted_text(violation) else None,
        )


def _help(scope: Scope, violation: Violation) -> str:
    default = lookup(scope.chart.defaults.tree, violation.path[len(scope.base) :])
    if violation.keyword != "required" or default is MISSING:
        return hint(violation)
    key = dotted(violation.path[-1:])
    return f"null removes the chart's default: leave {key} out to keep it"

"""schema."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import MISSING, dotted, lookup
from helm_llm.lint.chart_scope import Scope
from helm_llm.lint.fix import Quote
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.schema.expectation import sentence
from helm_llm.lint.schema.hint import hint, is_unquoted_text
from helm_llm.lint.schema.validation import UNKNOWN_KEY, Validation, Violation


@rule("schema", Severity.ERROR, Confidence.CERTAIN)
def schema(validation: Validation) -> Iterator[Problem]:
    """A value does not fit the chart's schema.

    ## Why
    Helm checks the merged values against the chart's values.schema.json and refuses to install, upgrade or render:
    `values don't meet the specifications of the schema(s)`, without the file and the line. Numbers and booleans where
    Kubernetes wants text are the usual case: annotations, labels, environment variables and image tags are strings.
    Schemas on the web are not fetched.

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
        if violation.keyword not in UNKNOWN_KEY:
            at_key = (
                isinstance(violation.value, (dict, list))
                or violation.keyword == "propertyNames"
            )
            help, fix = (
                _cure(scope, violation),
                Quote(violation.path) if is_unquoted_text(violation) else None,
            )
            yield Problem(
                violation.path, sentence(violation), help=help, at_key=at_key, fix=fix
            )


def _cure(scope: Scope, violation: Violation) -> str:
    default = lookup(scope.chart.defaults.tree, violation.path[len(scope.base) :])
    if violation.keyword == "required" and default is not MISSING:
        return f"null removes the chart's default: leave {dotted(violation.path[-1:])} out to keep it"
    return hint(violation)

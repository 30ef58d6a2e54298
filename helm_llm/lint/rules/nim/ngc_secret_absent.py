"""ngc-secret-absent."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.engines.release import release
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.read import fields
from helm_llm.values.layers import Values


@rule("ngc-secret-absent", Severity.WARNING, Confidence.LIKELY, charts=("nim-llm",))
def ngc_secret_absent(values: Values) -> Iterator[Problem]:
    """A NIM that downloads its model from NGC gets no NGC API key.

    ## Why
    Without `model.ngcAPISecret` the chart sets no `NGC_API_KEY`, and a NIM before 2.0.10 stops when it is to download
    its model. Nothing is reported where a claim, a directory or an export may already hold the model.

    ## Bad
    ```yaml
    # chart: nim-llm
    model:
      ngcAPISecret: ""
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    model:
      ngcAPISecret: ngc-api
    ```
    """
    keys = [fields.text(values, "model", key) for key in ("ngcAPISecret", "ngcAPIKey")]
    if keys == ["", ""] and _needs_key(values) and not _filled_before(values):
        message = 'model.ngcAPISecret is "" and there is no model.ngcAPIKey: the NIM gets no NGC_API_KEY'
        yield Problem(("model", "ngcAPISecret"), message)


def _needs_key(values: Values) -> bool:
    """Whether the image is one of NVIDIA's that is known to ask for a key, and the variables give it none."""
    repository, tag, digest = (
        fields.text(values, "image", key) for key in ("repository", "tag", "digest")
    )
    version = (
        release(tag or values.chart.app_version or "")
        if digest == "" and tag is not None
        else None
    )
    known = (
        (repository or "").startswith("nvcr.io/nim/")
        and version is not None
        and version < _KEYLESS
    )
    own = {
        "NGC_API_KEY",
        "NIM_MODEL_NAME",
        "NIM_REPOSITORY_OVERRIDE",
    } & fields.environment(values, "env").keys()
    return known and not own and fields.switch(values, "model", "legacyCompat") is False


def _filled_before(values: Values) -> bool:
    volumes = [fields.switch(values, name, "enabled") for name in ("hostPath", "nfs")]
    return (
        volumes != [False, False]
        or fields.text(values, "persistence", "existingClaim") != ""
    )


_KEYLESS = (2, 0, 10)

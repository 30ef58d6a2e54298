"""ngc-secret-absent."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.engines.release import release
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.read import fields
from helm_llm.values.layers import Values


@rule("ngc-secret-absent", Severity.WARNING, Confidence.LIKELY, charts=("nim-llm",))
def ngc_secret_absent(values: Values) -> Iterator[Problem]:
    """A NIM downloads its model from NGC without an NGC API key.

    ## Why
    Without `model.ngcAPISecret`, the chart does not set `NGC_API_KEY`, and NIM releases
    before 2.0.10 stop when they try to download the model. The rule stays silent if an
    existing claim, a hostPath or an NFS export may already contain the model.

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
    for key in ("ngcAPISecret", "ngcAPIKey"):
        if fields.text(values, "model", key) != "":
            return
    if not _needs_key(values) or _may_hold_the_model(values):
        return
    yield Problem(
        ("model", "ngcAPISecret"),
        "neither model.ngcAPISecret nor model.ngcAPIKey is set: "
        "the NIM has no NGC_API_KEY",
    )


def _needs_key(values: Values) -> bool:
    """Whether the image is a release that needs a key, and no variable replaces it."""
    repository = fields.text(values, "image", "repository") or ""
    tag, digest = (fields.text(values, "image", key) for key in ("tag", "digest"))
    # With a digest, the tag does not count, and the release is unknown.
    if not repository.startswith("nvcr.io/nim/") or tag is None or digest != "":
        return False
    version = release(tag or values.chart.app_version or "")
    if version is None or version >= _FIRST_WITHOUT_KEY:
        return False
    if _REPLACING_VARIABLES & fields.environment(values, "env").keys():
        return False
    return fields.switch(values, "model", "legacyCompat") is False


def _may_hold_the_model(values: Values) -> bool:
    """Whether the storage exists before the release, or values do not say."""
    for backend in ("hostPath", "nfs"):
        if fields.switch(values, backend, "enabled") is not False:
            return True
    return fields.text(values, "persistence", "existingClaim") != ""


_FIRST_WITHOUT_KEY = (2, 0, 10)
_REPLACING_VARIABLES = {"NGC_API_KEY", "NIM_MODEL_NAME", "NIM_REPOSITORY_OVERRIDE"}

"""The images that values name."""

from __future__ import annotations

from helm_llm.layers import Values
from helm_llm.serving import readers
from helm_llm.serving.pod import Image
from helm_llm.serving.spec import Field


def engine(values: Values) -> Image | None:
    """The image of the server, as our charts name it: without a tag it has the chart's appVersion."""
    repository, tag, digest = (readers.text(values, "image", key) for key in ("repository", "tag", "digest"))
    if not repository or tag is None or digest is None:
        return None
    shown = "" if digest else tag or values.chart.app_version or ""
    return Image("engine", Field(repository, ("image", "repository")), Field(shown, ("image", "tag")), digest)

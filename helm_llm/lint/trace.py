"""From a text of the manifests back to the value it comes from."""

from __future__ import annotations

from helm_llm.keypath import KeyPath
from helm_llm.manifests.manifests import Manifests


def traced(manifests: Manifests, text: str, key: str | None = None) -> KeyPath:
    """The one path whose value is this text, and whose key is that one; empty where there is none, or several."""
    paths = [path for path in manifests.given.get(text, ()) if key in (None, path[-1])]
    return paths[0] if len(paths) == 1 else ()


def is_given(manifests: Manifests, text: str) -> bool:
    """Whether the text is a user's, or at least no name that the chart makes of its own and the release's."""
    return text in manifests.given

"""The chart aidaptivcache: keys of `vllm.args` that have two spellings."""

from __future__ import annotations

from collections.abc import Mapping

ARGS = ("vllm", "args")
SPELLINGS: Mapping[str, str] = {
    "dramKvOffloadGb": "dramKVOffloadGb",
    "ssdKvOffloadGb": "ssdKVOffloadGb",
    "noResumeKvCache": "noResumeKVCache",
    "resumeKvCache": "resumeKVCache",
    "cleanObsoleteKvCache": "cleanObsoleteKVCache",
    "disableKVCache": "disableKvCache",
}
"""Key -> its other spelling, which wins: the chart's defaults do not contain it."""

"""Names of NIM model profiles: `tensorrt_llm-h100-fp8-tp8-pp2-throughput`."""

from __future__ import annotations

import re

from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.spec import Degree, Ranks

_DEGREE = re.compile(r"(tp|pp|dp)(\d{1,4})", re.IGNORECASE | re.ASCII)
_NAMES = {"tp": "tensor", "pp": "pipeline", "dp": "data"}


def ranks(profile: Field[str]) -> Ranks | None:
    """What the name says; None for a hash, and where data parallel groups may share GPUs or not."""
    matches = (_DEGREE.fullmatch(token) for token in profile.value.split("-"))
    sizes = {_NAMES[match[1].lower()]: int(match[2]) for match in matches if match}
    if "tensor" not in sizes or min(sizes.values()) < 1 or sizes.pop("data", 1) > 1:
        return None
    return Ranks(
        tuple(
            Degree(name, sizes[name], profile.path)
            for name in ("tensor", "pipeline")
            if name in sizes
        )
    )

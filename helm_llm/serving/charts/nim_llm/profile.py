"""Names of NIM model profiles: `tensorrt_llm-h100-fp8-tp8-pp2-throughput`."""

from __future__ import annotations

import re

from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.spec import Degree, Ranks

_DEGREE = re.compile(r"(tp|pp|dp)(\d{1,4})", re.IGNORECASE | re.ASCII)


def ranks(profile: Field[str] | None) -> Ranks | None:
    """The ranks in a profile's name; None for a hash.

    Also None with data parallelism, whose groups may or may not share GPUs.
    """
    if profile is None:
        return None
    sizes: dict[str, int] = {}
    for token in profile.value.split("-"):
        match = _DEGREE.fullmatch(token)
        if match is None:
            continue
        name, size = match.groups()
        sizes[name.lower()] = int(size)
    # Every profile of several GPUs has a tensor parallel size, and a hash has none.
    if "tp" not in sizes:
        return None
    if 0 in sizes.values():
        return None
    if sizes.get("dp", 1) > 1:
        return None
    tensor = Degree("tensor", sizes["tp"], profile.path)
    if "pp" not in sizes:
        return Ranks((tensor,))
    pipeline = Degree("pipeline", sizes["pp"], profile.path)
    return Ranks((tensor, pipeline))

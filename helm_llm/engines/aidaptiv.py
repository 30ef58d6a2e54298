"""The flags that Phison's vLLM adds to those of its release.

Stock vLLM refuses all of these (measured); what Phison's own build takes was read from its documentation.
"""

from __future__ import annotations

from helm_llm.engines.flag import Option

_SWITCHES = (
    "--no-resume-kv-cache",
    "--resume-kv-cache",
    "--clean-obsolete-kv-cache",
    "--disable-gpu-reuse",
    "--disable-long-token",
    "--disable-kv-cache-offload",
)

OPTIONS: tuple[Option, ...] = (
    Option(("--nvme-path",)),
    *(
        Option((flag,), type="float")
        for flag in ("--dram-kv-offload-gb", "--ssd-kv-offload-gb")
    ),
    *(Option((flag,), kind="true") for flag in _SWITCHES),
)

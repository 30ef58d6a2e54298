"""The flags that Phison's vLLM adds to those of its release.

Stock vLLM refuses all of these (measured). Which of them Phison's own build accepts
comes from its documentation.
"""

from __future__ import annotations

from helm_llm.engines.flag import Flag

FLAGS: tuple[Flag, ...] = (
    Flag(("--nvme-path",)),
    Flag(("--dram-kv-offload-gb",), type="float"),
    Flag(("--ssd-kv-offload-gb",), type="float"),
    Flag(("--no-resume-kv-cache",), kind="true"),
    Flag(("--resume-kv-cache",), kind="true"),
    Flag(("--clean-obsolete-kv-cache",), kind="true"),
    Flag(("--disable-gpu-reuse",), kind="true"),
    Flag(("--disable-long-token",), kind="true"),
    Flag(("--disable-kv-cache-offload",), kind="true"),
)

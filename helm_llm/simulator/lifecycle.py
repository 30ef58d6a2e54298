"""State of the engine over time: ready, healthy or hung, as faults order it."""

from __future__ import annotations

import time

from helm_llm.simulator.faults import Faults


class Lifecycle:
    """State of one server; faults count from the moment it is ready."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._ready_at: float | None = None

    def begin(self) -> None:
        """The engine is ready now."""
        self._ready_at = time.monotonic()

    @property
    def is_ready(self) -> bool:
        """Whether the engine has started."""
        return self._ready_at is not None

    @property
    def is_healthy(self) -> bool:
        """Whether health checks pass."""
        return not self._is_past(self._faults.unhealthy_after)

    @property
    def is_hung(self) -> bool:
        """Whether requests get no response at all."""
        return self._is_past(self._faults.hang_after)

    def _is_past(self, seconds: float | None) -> bool:
        if self._ready_at is None or seconds is None:
            return False
        return time.monotonic() - self._ready_at >= seconds

"""Whether the engine is up, well and awake: as time passes and as ordered."""

from __future__ import annotations

import time

from helm_llm.simulator.faults import Faults


class Life:
    """One server's, from readiness on."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._ready_at: float | None = None

    def begin(self) -> None:
        """The engine is ready now."""
        self._ready_at = time.monotonic()

    @property
    def ready(self) -> bool:
        """It has started."""
        return self._ready_at is not None

    @property
    def healthy(self) -> bool:
        """It has not been told to fail its health checks by now."""
        return not self._past(self._faults.unhealthy_after)

    @property
    def hung(self) -> bool:
        """It has been told to answer nothing by now."""
        return self._past(self._faults.hang_after)

    def _past(self, seconds: float | None) -> bool:
        return (
            self._ready_at is not None
            and seconds is not None
            and time.monotonic() - self._ready_at >= seconds
        )

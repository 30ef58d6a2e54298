"""A queue of programs, some of them started in advance."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from helm_llm.process.running import Running


class Ahead:
    """Running programs in order; `window` of them start before the first is needed."""

    def __init__(self, calls: Iterable[Callable[[], Running]], window: int) -> None:
        self._calls = iter(calls)
        self._started: deque[Running] = deque()
        self._start(window)

    def __iter__(self) -> Iterator[Running]:
        while self._started:
            running = self._started.popleft()
            # Start the next one before the caller waits for this one.
            self._start(1)
            yield running

    def _start(self, count: int) -> None:
        for call in islice(self._calls, count):
            self._started.append(call())

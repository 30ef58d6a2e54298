"""Which fixes all the targets that read a file agree on: what has no effect in one may have one in the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from helm_llm.lint.finding import Finding
from helm_llm.lint.fix import FileFix


@dataclass(slots=True)
class Agreement:
    """The repairs that targets propose."""

    _now: set[FileFix] = field(default_factory=set)
    _votes: Counter[FileFix] = field(default_factory=Counter)
    _readers: Counter[str] = field(default_factory=Counter)

    def propose(self, repairs: Iterable[FileFix]) -> None:
        """The current target wants these."""
        self._now.update(repairs)

    def end_of_target(self, files: Iterable[str]) -> None:
        """The current target, which read these files, has proposed all it wants."""
        self._votes.update(self._now)
        self._readers.update(set(files))
        self._now.clear()

    def agreed(self, finding: Finding) -> Finding:
        """The finding, without its repairs unless every target that reads the files wants all of them."""
        if all(
            self._votes[repair] == self._readers[repair.file]
            for repair in finding.fixes
        ):
            return finding
        return replace(finding, fixes=())

"""Fixes on which all the targets that read a file agree.

A setting without effect in one target may have one in the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from helm_llm.lint.finding import Finding
from helm_llm.lint.fix import FileFix


@dataclass(slots=True)
class Agreement:
    """How many targets propose each fix, and how many read each file."""

    _proposals: Counter[FileFix] = field(default_factory=Counter)
    _readers: Counter[str] = field(default_factory=Counter)
    _current: set[FileFix] = field(default_factory=set)
    """Fixes for the current target; several findings may propose the same one."""

    def propose(self, fixes: Iterable[FileFix]) -> None:
        """Propose fixes for the current target."""
        self._current.update(fixes)

    def end_target(self, files: Iterable[str]) -> None:
        """Count the fixes of the current target, which reads these files."""
        self._proposals.update(self._current)
        self._readers.update(set(files))
        self._current.clear()

    def settle(self, finding: Finding) -> Finding:
        """The finding, with its fixes if every target that reads their files proposes them."""
        for fix in finding.fixes:
            if self._proposals[fix] != self._readers[fix.file]:
                return replace(finding, fixes=())
        return finding

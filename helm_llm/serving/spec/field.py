"""A value of a spec and its origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from helm_llm.keypath import KeyPath

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """A value and the values path that it comes from."""

    value: T
    path: KeyPath

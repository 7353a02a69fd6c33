"""A value that one actor publishes and anybody reads, without asking and without waiting."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Published(Generic[T]):
    """One reference, swapped whole. It outlives the actor that writes it; what it holds must be immutable."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

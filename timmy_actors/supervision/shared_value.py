"""A value that one actor publishes and anybody reads, without asking and without waiting."""

from __future__ import annotations

from typing import Generic, TypeVar

from timmy_actors.supervision.context import check_fence

T = TypeVar("T")


class SharedValue(Generic[T]):
    """One reference, swapped whole. It outlives the actor that writes it; what it holds must be immutable."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    @property
    def value(self) -> T:
        """What was last published."""
        return self._value

    @value.setter
    def value(self, value: T) -> None:
        check_fence()
        self._value = value

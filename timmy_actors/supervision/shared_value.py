"""A value that one actor publishes and any thread reads without a message and without waiting."""

from __future__ import annotations

from typing import Generic, TypeVar

from timmy_actors.supervision.context import check_fence

T = TypeVar("T")


class SharedValue(Generic[T]):
    """An atomically replaced reference to an immutable value. It outlives the actor that writes it."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    @property
    def value(self) -> T:
        """The last published value."""
        return self._value

    @value.setter
    def value(self, value: T) -> None:
        check_fence()
        self._value = value

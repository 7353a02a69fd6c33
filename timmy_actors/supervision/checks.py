"""Checks of public settings: an invalid value is refused at once, with its place and the remedy."""

from __future__ import annotations

import threading
from enum import Enum
from typing import Any, TypeVar

from timmy_actors.errors import SpecError

E = TypeVar("E", bound=Enum)


NUMBER = (int, float)
"""A constant, because building `int | float` for each check costs more than the check."""


def require(valid: bool, where: str, value: object, remedy: str) -> None:  # noqa: FBT001  a condition, not a flag
    """Refuse a setting unless it is valid.

    Raises:
        SpecError: `valid` is false; the message names the place, the value and the remedy.
    """
    if not valid:
        raise SpecError(f"{where}: {_shown(value)}: {remedy}")


def is_number(value: object) -> bool:
    """Whether it is an int or a float (infinity included) and not NaN; a bool is not a number."""
    return isinstance(value, NUMBER) and not isinstance(value, bool) and value == value  # noqa: PLR0124  NaN is not


def is_duration(value: object) -> bool:
    """Whether it is a number of seconds, 0 or more."""
    return is_number(value) and value >= 0  # type: ignore[operator]


def is_count(value: object) -> bool:
    """Whether it is a whole number, 0 or more."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def member(kind: type[E], value: Any, where: str) -> E:
    """The member of an enumeration, passed itself or by its value.

    Raises:
        SpecError: `value` is neither; the message lists the values.
    """
    if type(value) is kind:  # the fast path, for every new mailbox
        return value
    # Not `kind(value)`: its error calls the `__repr__` of `value`, which is foreign code.
    match = next((each for each in kind if each is value or (isinstance(value, str) and each.value == value)), None)
    if match is None:
        allowed = ", ".join(repr(each.value) for each in kind)
        raise SpecError(f"{where}: {_shown(value)}: must be a {kind.__name__} or one of {allowed}")
    return match


def timeout(seconds: float | None) -> float | None:
    """A timeout for `threading`: None if it is longer than `threading` can wait."""
    return None if seconds is None or seconds > threading.TIMEOUT_MAX else max(0.0, seconds)


def _shown(value: object) -> str:
    """The `repr` of plain values, else the type: the `__repr__` of other types is foreign code."""
    plain = isinstance(value, str | int | float | bool | Enum) or value is None
    return repr(value)[:80] if plain else f"a {type(value).__name__}"

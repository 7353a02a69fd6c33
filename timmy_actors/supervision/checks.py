"""Checks of public settings: what cannot work is refused where it is given, with the place and the remedy."""

from __future__ import annotations

import threading
from enum import Enum
from typing import Any, TypeVar

from timmy_actors.errors import SpecError

E = TypeVar("E", bound=Enum)


NUMBER = (int, float)
"""A tuple that is there: `int | float`, made anew for every look, costs more than the look."""


def require(right: bool, where: str, value: object, remedy: str) -> None:  # noqa: FBT001  a condition, not a flag
    """Refuse a setting.

    Raises:
        SpecError: `right` is false; the message names the place, what was given and the remedy.
    """
    if not right:
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
    """The member of an enumeration, given itself or by its value.

    Raises:
        SpecError: it is neither; the message lists the values.
    """
    if type(value) is kind:  # every mailbox that is made passes here
        return value
    # Not by `kind(value)`: its error shows the value, by code of whoever made that.
    found = next((one for one in kind if one is value or (isinstance(value, str) and one.value == value)), None)
    if found is None:
        allowed = ", ".join(repr(one.value) for one in kind)
        raise SpecError(f"{where}: {_shown(value)}: must be a {kind.__name__} or one of {allowed}")
    return found


def timeout(seconds: float | None) -> float | None:
    """A time-out as the system takes it: None where it is longer than the system can wait."""
    return None if seconds is None or seconds > threading.TIMEOUT_MAX else max(0.0, seconds)


def _shown(value: object) -> str:
    """Plain values as they are, others by their type: a `__repr__` is somebody else's code."""
    plain = isinstance(value, str | int | float | bool | Enum) or value is None
    return repr(value)[:80] if plain else f"a {type(value).__name__}"

"""What the desktop tools' answers mean, whichever server gave them. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from timmy_actors.errors import ToolTrouble

_NUMBERS = re.compile(r"-?\d+")


def read_size(value: Any) -> tuple[int, int]:
    """A width and a height: `{"width": ..., "height": ...}`, a pair, or a text with two numbers.

    Raises:
        ToolTrouble: `bad_result`.
    """
    width, height = _numbers(value, ("width", "height"), "a size")
    if width < 1 or height < 1:
        raise ToolTrouble("bad_result", f"a screen of {width} x {height} pixels is none")
    return width, height


def read_position(value: Any) -> tuple[int, int]:
    """Where the mouse is.

    Raises:
        ToolTrouble: `tool_failed`: (-1, -1) is how servers say that they do not know; `bad_result`.
    """
    x, y = _numbers(value, ("x", "y"), "a position")
    is_certain = isinstance(value, Mapping) and isinstance(value.get("inside"), bool)  # so near a window's corner
    if (x, y) == (-1, -1) and not is_certain:
        raise ToolTrouble("tool_failed", "the server cannot tell where the mouse is: it answers (-1, -1)")
    return x, y


def read_colour(value: Any) -> tuple[int, int, int]:
    """A colour's red, green and blue.

    Raises:
        ToolTrouble: `tool_failed`: (-1, -1, -1) is a server's word for a point that is nowhere; `bad_result`.
    """
    names = ("red", "green", "blue") if isinstance(value, Mapping) and "red" in value else ("r", "g", "b")
    red, green, blue = _numbers(value, names, "a colour")
    if min(red, green, blue) < 0:
        raise ToolTrouble("tool_failed", "the server has no colour for that point: is it on the screen?")
    if max(red, green, blue) > 255:
        raise ToolTrouble("bad_result", f"({red}, {green}, {blue}) is no colour")
    return red, green, blue


def read_os(value: Any) -> str:
    """The operating system's name.

    Raises:
        ToolTrouble: `bad_result`.
    """
    if isinstance(value, Mapping):
        value = value.get("system") or value.get("os") or value.get("name")
    if not isinstance(value, str) or not value:
        raise ToolTrouble("bad_result", f"no operating system has the name {value!r}")
    return value[:256]


def read_titles(value: Any) -> tuple[str, ...]:
    """The titles of the windows there are.

    Raises:
        ToolTrouble: `bad_result`.
    """
    windows = value.get("windows") if isinstance(value, Mapping) else value
    if not isinstance(windows, Sequence) or isinstance(windows, str):
        raise ToolTrouble("bad_result", "that is no list of windows")
    titles = [window.get("title") if isinstance(window, Mapping) else window for window in windows]
    return tuple(title for title in titles if isinstance(title, str))


def said_no(value: Any) -> bool:
    """Whether an action's answer is a server's way to say that it failed, without an error."""
    return value is False or (isinstance(value, Mapping) and value.get("success") is False)


def _numbers(value: Any, names: tuple[str, ...], what: str) -> tuple[int, ...]:
    found: Sequence[Any] = ()
    match value:
        case Mapping():
            found = [value.get(name) for name in names]
        case str():
            found = [int(number) for number in _NUMBERS.findall(value)]
        case list() | tuple():
            found = value
    if len(found) < len(names) or not all(_is_whole(number) for number in found[: len(names)]):
        raise ToolTrouble("bad_result", f"{str(value)[:100]!r} is no answer for {what}")
    return tuple(int(number) for number in found[: len(names)])


def _is_whole(number: Any) -> bool:
    if isinstance(number, bool) or not isinstance(number, int | float):
        return False
    return math.isfinite(number) and number == int(number)

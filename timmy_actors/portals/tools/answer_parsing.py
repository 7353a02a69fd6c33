"""What the desktop tools' answers mean, whichever server gave them. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from timmy_actors.errors import ToolError
from timmy_actors.protocol import Outcome, Problem, ProblemCode

_REASONS: dict[str, ProblemCode] = {
    "window_not_found": "no_window",
    "window_ambiguous": "two_windows",
    "window_hidden": "window_hidden",
    "window_not_painted": "window_hidden",
    "captures_full": "no_space",
    "captures_unwritable": "folder_unwritable",
}
"""What the bundled desktop-control's codes are in a state."""
NOTHING_DONE = ("server_unavailable", "no_such_tool", "bad_arguments", "no_window")
"""Codes of an action that was never sent."""
UNREADABLE = ("bad_result", "too_large")
"""Codes of a call that was answered, and not refused, by an answer that cannot be read."""


def refined(trouble: ToolError) -> ToolError:
    """The trouble with the problem's code that the server's own code stands for."""
    code = _REASONS.get(trouble.tool_code or "")
    return trouble if code is None else ToolError(code, trouble.message, trouble.tool_code)


def as_problem(what: str, trouble: ToolError) -> Problem:
    """Why something is missing from a state."""
    told = refined(trouble)
    return Problem(what=what, code=cast("ProblemCode", told.code), message=told.message)


def as_outcome(trouble: ToolError) -> Outcome:
    """What became of an action whose call ended so.

    A call that was answered by what cannot be read was carried out: the action is done, and never to be repeated.
    """
    if trouble.code in UNREADABLE:
        return "done"
    if trouble.code in NOTHING_DONE:
        return "refused"
    return "unknown" if trouble.code == "outcome_unknown" else "failed"


class SchemaCheck:
    """One schema, looked at once: a server's may be none, and is somebody's words."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415  30 ms that only a call needs

        self._validator = Draft202012Validator(schema)
        self.broken: str | None = None
        """What is wrong with the schema itself."""
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            self.broken = error.message[:200]

    def complaint(self, arguments: Mapping[str, Any]) -> str | None:
        """What of the arguments the schema does not allow."""
        from referencing.exceptions import Unresolvable  # noqa: PLC0415  the same

        try:
            error = next(self._validator.iter_errors(arguments), None)
        except Unresolvable as missing:
            self.broken = f"it speaks of {missing.ref}, which is nowhere"[:200]
            return None
        if error is None:
            return None
        where = ".".join(str(part) for part in error.absolute_path)
        return (f"{where}: {error.message}" if where else error.message)[:300]


_NUMBERS = re.compile(r"-?\d+")


def read_size(value: Any) -> tuple[int, int]:
    """A width and a height: `{"width": ..., "height": ...}`, a pair, or a text with two numbers.

    Raises:
        ToolError: `bad_result`.
    """
    width, height = _numbers(value, ("width", "height"), "a size")
    if width < 1 or height < 1:
        raise ToolError("bad_result", f"a screen of {width} x {height} pixels is none")
    return width, height


def read_position(value: Any) -> tuple[int, int]:
    """Where the mouse is.

    Raises:
        ToolError: `tool_failed`: (-1, -1) is how servers say that they do not know; `bad_result`.
    """
    x, y = _numbers(value, ("x", "y"), "a position")
    is_certain = isinstance(value, Mapping) and isinstance(value.get("inside"), bool)  # so near a window's corner
    if (x, y) == (-1, -1) and not is_certain:
        raise ToolError("tool_failed", "the server cannot tell where the mouse is: it answers (-1, -1)")
    return x, y


def read_colour(value: Any) -> tuple[int, int, int]:
    """A colour's red, green and blue.

    Raises:
        ToolError: `tool_failed`: (-1, -1, -1) is a server's word for a point that is nowhere; `bad_result`.
    """
    names = ("red", "green", "blue") if isinstance(value, Mapping) and "red" in value else ("r", "g", "b")
    red, green, blue = _numbers(value, names, "a colour")
    if min(red, green, blue) < 0:
        raise ToolError("tool_failed", "the server has no colour for that point: is it on the screen?")
    if max(red, green, blue) > 255:
        raise ToolError("bad_result", f"({red}, {green}, {blue}) is no colour")
    return red, green, blue


def read_os(value: Any) -> str:
    """The operating system's name.

    Raises:
        ToolError: `bad_result`.
    """
    if isinstance(value, Mapping):
        value = value.get("system") or value.get("os") or value.get("name")
    if not isinstance(value, str) or not value:
        raise ToolError("bad_result", f"no operating system has the name {value!r}")
    return value[:256]


def read_titles(value: Any) -> tuple[str, ...]:
    """The titles of the windows there are.

    Raises:
        ToolError: `bad_result`.
    """
    windows = value.get("windows") if isinstance(value, Mapping) else value
    if not isinstance(windows, Sequence) or isinstance(windows, str):
        raise ToolError("bad_result", "that is no list of windows")
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
        raise ToolError("bad_result", f"{str(value)[:100]!r} is no answer for {what}")
    return tuple(int(number) for number in found[: len(names)])


def _is_whole(number: Any) -> bool:
    if isinstance(number, bool) or not isinstance(number, int | float):
        return False
    return math.isfinite(number) and number == int(number)

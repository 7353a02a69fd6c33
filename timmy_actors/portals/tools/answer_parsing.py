"""Parses the answers of the desktop tools of different servers. Pure."""

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
"""The problem codes for the error codes of the bundled desktop-control."""
NOTHING_DONE = ("server_unavailable", "no_such_tool", "bad_arguments", "no_window")
"""Codes of an action that was never sent."""
UNREADABLE = ("bad_result", "too_large")
"""Codes of a call that succeeded with an answer that cannot be read."""


def with_problem_code(error: ToolError) -> ToolError:
    """The error with the problem code for the server's own error code."""
    code = _REASONS.get(error.tool_code or "")
    return error if code is None else ToolError(code, error.message, error.tool_code)


def as_problem(what: str, error: ToolError) -> Problem:
    """The problem that explains why a field of a state is missing."""
    coded = with_problem_code(error)
    return Problem(what=what, code=cast("ProblemCode", coded.code), message=coded.message)


def as_outcome(error: ToolError) -> Outcome:
    """The outcome of an action whose call raised `error`.

    If the server answered, but the answer cannot be read, the action is done and must not be repeated.
    """
    if error.code in UNREADABLE:
        return "done"
    if error.code in NOTHING_DONE:
        return "refused"
    return "unknown" if error.code == "outcome_unknown" else "failed"


class SchemaCheck:
    """A JSON Schema, which may be invalid if it comes from a server. It is compiled once."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415  takes 30 ms, and only calls need it

        self._validator = Draft202012Validator(schema)
        self.broken: str | None = None
        """What is wrong with the schema itself."""
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            self.broken = error.message[:200]

    def violation(self, arguments: Mapping[str, Any]) -> str | None:
        """The first violation of the schema; None: the arguments are valid."""
        from referencing.exceptions import Unresolvable  # noqa: PLC0415  only calls need it

        try:
            error = next(self._validator.iter_errors(arguments), None)
        except Unresolvable as missing:
            self.broken = f"it refers to {missing.ref}, which does not exist"[:200]
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
        raise ToolError("bad_result", f"the server reports an invalid size of {width} x {height} pixels")
    return width, height


def read_position(value: Any) -> tuple[int, int]:
    """The mouse position.

    Raises:
        ToolError: `tool_failed`: the answer is (-1, -1), which servers return for an unknown position; `bad_result`.
    """
    x, y = _numbers(value, ("x", "y"), "a position")
    # desktop-control also sends `inside`: then (-1, -1) is a position next to the window's corner.
    is_certain = isinstance(value, Mapping) and isinstance(value.get("inside"), bool)
    if (x, y) == (-1, -1) and not is_certain:
        raise ToolError("tool_failed", "the server does not know the mouse position: it answers (-1, -1)")
    return x, y


def read_colour(value: Any) -> tuple[int, int, int]:
    """A colour's red, green and blue.

    Raises:
        ToolError: `tool_failed`: the answer is (-1, -1, -1), which servers return for an invalid point; `bad_result`.
    """
    names = ("red", "green", "blue") if isinstance(value, Mapping) and "red" in value else ("r", "g", "b")
    red, green, blue = _numbers(value, names, "a colour")
    if min(red, green, blue) < 0:
        raise ToolError("tool_failed", "the server reports no colour for the point: it must be on the screen")
    if max(red, green, blue) > 255:
        raise ToolError("bad_result", f"({red}, {green}, {blue}) is not a colour: each part must be at most 255")
    return red, green, blue


def read_os(value: Any) -> str:
    """The operating system's name.

    Raises:
        ToolError: `bad_result`.
    """
    if isinstance(value, Mapping):
        value = value.get("system") or value.get("os") or value.get("name")
    if not isinstance(value, str) or not value:
        raise ToolError("bad_result", f"{value!r} is not the name of an operating system")
    return value[:256]


def read_titles(value: Any) -> tuple[str, ...]:
    """The titles of the listed windows.

    Raises:
        ToolError: `bad_result`.
    """
    windows = value.get("windows") if isinstance(value, Mapping) else value
    if not isinstance(windows, Sequence) or isinstance(windows, str):
        raise ToolError("bad_result", "the answer is not a list of windows")
    titles = [window.get("title") if isinstance(window, Mapping) else window for window in windows]
    return tuple(title for title in titles if isinstance(title, str))


def reports_failure(value: Any) -> bool:
    """Whether an answer reports a failure without an MCP error: False, or `success` False."""
    return value is False or (isinstance(value, Mapping) and value.get("success") is False)


def _numbers(value: Any, names: tuple[str, ...], what: str) -> tuple[int, ...]:
    numbers: Sequence[Any] = ()
    match value:
        case Mapping():
            numbers = [value.get(name) for name in names]
        case str():
            numbers = [int(number) for number in _NUMBERS.findall(value)]
        case list() | tuple():
            numbers = value
    if len(numbers) < len(names) or not all(_is_whole(number) for number in numbers[: len(names)]):
        raise ToolError("bad_result", f"{str(value)[:100]!r} is not {what}")
    return tuple(int(number) for number in numbers[: len(names)])


def _is_whole(number: Any) -> bool:
    if isinstance(number, bool) or not isinstance(number, int | float):
        return False
    return math.isfinite(number) and number == int(number)

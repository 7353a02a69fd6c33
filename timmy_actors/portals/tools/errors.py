"""A tool's trouble as a state's problem and as an action's outcome. Pure."""

from __future__ import annotations

from typing import cast

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

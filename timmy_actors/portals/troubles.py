"""A tool's trouble as a state's problem and as an action's outcome. Pure."""

from __future__ import annotations

import re
from typing import cast

from timmy_actors.errors import ToolTrouble
from timmy_actors.model.action import Outcome
from timmy_actors.model.game_state import Problem, ProblemCode

_REASONS: dict[str, ProblemCode] = {
    "window_not_found": "no_window",
    "window_ambiguous": "two_windows",
    "window_hidden": "window_hidden",
    "window_not_painted": "window_hidden",
    "captures_full": "no_space",
    "captures_unwritable": "folder_unwritable",
}
"""What the bundled desktop-control calls its reasons."""
_REASON = re.compile(r"\b(" + "|".join(_REASONS) + r")\b")

NOTHING_DONE = ("server_unavailable", "no_such_tool", "bad_arguments", "no_window")
"""Codes of an action that was never sent."""
NOBODY_KNOWS = ("outcome_unknown", "bad_result", "too_large")
"""Codes of one that was sent, with no answer that says what came of it."""


def refined(trouble: ToolTrouble) -> ToolTrouble:
    """The same with the code that the server's own reason stands for."""
    found = _REASON.search(trouble.message)
    if trouble.code != "tool_failed" or found is None:
        return trouble
    return ToolTrouble(_REASONS[found[1]], trouble.message)


def as_problem(what: str, trouble: ToolTrouble) -> Problem:
    """Why something is missing from a state."""
    told = refined(trouble)
    return Problem(what=what, code=cast("ProblemCode", told.code), message=told.message)


def as_outcome(trouble: ToolTrouble) -> Outcome:
    """What became of an action."""
    if trouble.code in NOTHING_DONE:
        return "refused"
    return "unknown" if trouble.code in NOBODY_KNOWS else "failed"

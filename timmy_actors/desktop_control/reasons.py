"""The codes of errors: a closed list that programs can rely on."""

from __future__ import annotations

from typing import Literal

from timmy_actors.errors import RefusedError

Reason = Literal[
    "bad_arguments",
    "no_display",
    "unsupported",
    "window_not_found",
    "window_ambiguous",
    "window_hidden",
    "window_covered",
    "window_changed",
    "window_not_painted",
    "not_focused",
    "off_screen",
    "pointer_confined",
    "unknown_key",
    "cannot_type",
    "already_held",
    "interrupted",
    "bad_filename",
    "captures_unwritable",
    "captures_full",
    "record_unwritable",
]


ERROR_META = "timmy-actors/error"
"""The key in a tool result's `_meta` that holds an error's `code` and `message`.

They are not in the structured content: that must match the tool's output schema, and the TypeScript SDK (1.32) replaces
an error whose content does not match with its own.
"""


def refused(reason: Reason, message: str) -> RefusedError:
    """The error for `reason`; `message` says what is wrong and what to do."""
    return RefusedError(reason, message)

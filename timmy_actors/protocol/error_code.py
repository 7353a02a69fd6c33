"""The closed list of codes with which something is declined."""

from __future__ import annotations

from typing import Literal

ErrorCode = Literal[
    "bad_message",
    "unsupported_version",
    "unknown_command",
    "bad_arguments",
    "no_such_player",
    "not_logged_in",
    "no_such_place",
    "no_such_cell",
    "no_such_target",
    "needs_client_input",
    "not_permitted",
    "expired",
    "overloaded",
    "unavailable",
    "in_doubt",
    "game_refused",
    "internal",
]

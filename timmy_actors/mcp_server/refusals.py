"""A refusal of a tool: why, by a word of a closed list, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from timmy_actors.errors import NotReadyError, RefusedError, TimmyError
from timmy_actors.protocol import ActionResult, ErrorCode, ErrorInfo, Model, first_mistake

if TYPE_CHECKING:
    from pydantic import ValidationError

Reason = (
    ErrorCode | Literal["daemon_unreachable", "action_refused", "action_failed", "outcome_unknown", "no_such_command"]
)
"""The bridge's codes, and those of this server: the daemon does not answer; a portal's action was not done, failed, or
may have been done; the journal has no such command."""

OBSERVE_FIRST = "it may have been done: observe, then repeat the call with the same command_id to get its outcome"
GUIDANCE: dict[str, str] = {
    "bad_message": "this server and the daemon differ in version: restart both",
    "unsupported_version": "the game server's bridge has another version: install this one's with install-lua",
    "unknown_command": "use a name that the message lists, or one that available_actions returns",
    "bad_arguments": "correct the field; available_actions with an action's name returns its parameters",
    "no_such_player": "observe lists the players nearby; leave the player out for your own",
    "not_logged_in": "wait until the player has logged in: wait_until, or observe again later",
    "no_such_place": "use a place's exact name, or coordinates",
    "no_such_cell": "use a cell's exact name: '-3, -2' for an exterior",
    "no_such_target": "observe again: use a unique_index, player or item that it lists, or an id of look_up",
    "needs_client_input": "the server cannot do this for a player; press the keys with execute_action, if a portal"
    " shows the game, or choose another action",
    "needs_embedded_world": "only the embedded world can do this: choose another action",
    "not_permitted": "the token lacks the scope for it: ask the operator, or choose another action",
    "expired": "nothing was done in time: observe, then try again, with a longer timeout_s if it has one",
    "overloaded": "wait a few seconds, then try again",
    "unavailable": "the message says what is missing; if the link to the game is down, or nothing was perceived yet,"
    " try again in a few seconds",
    "in_doubt": OBSERVE_FIRST,
    "game_refused": "the game does not allow it now: observe, and choose another action",
    "internal": "a defect or an overload of the daemon: ask the operator to look at its log",
    "daemon_unreachable": "the daemon is away or restarts: try again in a few seconds, a command with the same"
    " command_id; if it stays away, the operator starts it with 'timmy-actors run'",
    "action_refused": "nothing was done: the message says what is missing; capture_state shows the window",
    "action_failed": "the desktop's server reported a failure: capture_state shows the window",
    "outcome_unknown": "it may have been done: look with capture_state before you repeat it",
    "no_such_command": "the journal has no command of this id: check the id, or leave it out for the newest",
}


class Refusal(Model):
    """Why a call was not carried out."""

    reason: Reason
    message: str
    guidance: str
    """What to do next."""
    field: str | None = None
    """The argument at fault."""


def refusal(reason: str, message: str, field: str | None = None) -> Refusal:
    """A refusal with the guidance for its reason."""
    return Refusal.model_validate({"reason": reason, "message": message, "guidance": GUIDANCE[reason], "field": field})


def explain(error: TimmyError) -> Refusal:
    """The refusal for an error of a call of the daemon."""
    if isinstance(error, RefusedError):
        return refusal(error.code if error.code in GUIDANCE else "internal", error.message, error.field)
    return refusal("daemon_unreachable" if isinstance(error, NotReadyError) else "internal", str(error))


def explain_arguments(error: ValidationError) -> Refusal:
    """The refusal of invalid arguments."""
    mistake = first_mistake(error)
    return refusal("bad_arguments", mistake.at("arguments"), mistake.field)


def explain_entry(error: ErrorInfo) -> Refusal:
    """The refusal that a command's entry in the journal records."""
    return refusal(error.code, error.message, error.field)


_OUTCOMES = {"refused": "action_refused", "failed": "action_failed", "unknown": "outcome_unknown"}


def explain_action(result: ActionResult) -> Refusal:
    """The refusal for a portal's action that was not done."""
    return refusal(result.code or _OUTCOMES[result.outcome], result.reason or result.outcome, result.field)

"""The body of a TES3MP player: executes what the server can do, and reports what only the player's client could."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, overload

from timmy_actors.client import Calls
from timmy_actors.errors import RefusedError
from timmy_actors.perception import mark_stale, shows
from timmy_actors.protocol import (
    NEEDS_CLIENT_INPUT,
    Action,
    ActionResult,
    CommandResult,
    Outcome,
    PerceptionOutput,
    Revision,
)
from timmy_actors.worlds.interface import OBSERVE_WITHIN_S, Manner, Step

ACTION_TIMEOUT_S = 10.0
ID_BYTES = 12
"""Random bytes in an action's id: enough that ids do not collide."""

OUTCOMES: dict[str, Outcome] = {"in_doubt": "unknown", "internal": "failed", "game_refused": "failed"}
"""The outcome for a refusal's code; for any other code it is `refused`: nothing was executed."""


class PlayerBody:
    """The body of a player, controlled through a `Runtime` or a connection to a daemon.

    An action is the name of a command (`teleport`, `give_item`; see docs/commands.md). One that needs the client's
    input (walking, attacking, talking) is refused with `needs_client_input`; `needs` says what it would take.

    Args:
        game: a `Runtime`, or the result of `connect()`.
        player: the player's name; None: the daemon's configured player.
    """

    def __init__(self, game: Calls, player: str | None = None, *, timeout_s: float = ACTION_TIMEOUT_S) -> None:
        self._game = game
        self._player = player
        self._timeout_s = timeout_s
        self._produced: Revision | None = None
        """The revision that the last executed action produced."""
        self._observed: PerceptionOutput | None = None
        """The last observation."""

    def observe(self, *, after: ActionResult | None = None, deadline_s: float = OBSERVE_WITHIN_S) -> PerceptionOutput:
        """The latest snapshot of the player; with `after`, the first one that shows that action's effects."""
        if after is None or after.revision is None:
            observed = _as_of(self._game.snapshot(self._player), self._produced)
        else:
            observed = self._game.snapshot(self._player, after=after.revision, timeout_s=deadline_s)
        self._observed = observed
        return observed

    @overload
    def act(self, action: Action, *, command_id: str | None = ..., observe: Literal[False] = ...) -> ActionResult: ...

    @overload
    def act(self, action: Action, *, command_id: str | None = ..., observe: Literal[True]) -> Step: ...

    def act(self, action: Action, *, command_id: str | None = None, observe: bool = False) -> ActionResult | Step:
        """Execute the command that the action names, and wait for its result."""
        result = self._execute(action, self._with_player(action.params), command_id)
        return Step(result, self._after(result)) if observe else result

    def _after(self, result: ActionResult) -> PerceptionOutput:
        try:
            return self.observe(after=result)
        except RefusedError as refused:
            return mark_stale(self._game.snapshot(self._player), refused.message)

    def speak(self, text: str, *, to: str | None = None, manner: Manner = "say") -> ActionResult:
        """Say something in the chat, or show it as a note: see `Manner`. With `to`, `say` becomes `whisper`."""
        if manner == "say" and to is not None:
            manner = "whisper"
        match manner, to:
            case (("announce" | "say"), None):
                return self.act(Action(action="chat" if manner == "say" else "broadcast", params={"text": text}))
            case "whisper", str():
                return self.act(Action(action="whisper", params={"to": to, "text": text}))
            case "show", str():
                return self.act(Action(action="message_box", params={"player": to, "text": text}))
        return _misdirected(text, to, manner)

    def _with_player(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return dict(params) if self._player is None else {"player": self._player, **params}

    def _execute(self, action: Action, arguments: dict[str, Any], command_id: str | None) -> ActionResult:
        key = secrets.token_hex(ID_BYTES) if command_id is None else command_id
        try:
            result = self._game.command(action.action, timeout_s=self._timeout_s, command_id=key, **arguments)
        except RefusedError as refused:
            return _refused(action, refused, key)
        self._produced = result.revision or self._produced
        return _result(
            action,
            success=True,
            value=result.value or {},
            revision=result.revision,
            command_id=key,
            game_ms_since_observation=_game_ms_between(self._observed, result),
        )


def _as_of(snapshot: PerceptionOutput, produced: Revision | None) -> PerceptionOutput:
    if produced is None or shows(snapshot, produced):
        return snapshot
    return mark_stale(snapshot, "no snapshot since the last action")


def _game_ms_between(observed: PerceptionOutput | None, result: CommandResult) -> int | None:
    """The game time from an observation to a command's effect; None if one of them, or its game time, is unknown."""
    if observed is None or observed.game_ms is None or result.game_ms is None or result.revision is None:
        return None
    # Each server process has a clock of its own. A push can overtake the result of a command.
    return max(0, result.game_ms - observed.game_ms) if observed.boot == result.revision.boot else None


def _refused(action: Action, refused: RefusedError, command_id: str) -> ActionResult:
    needs = NEEDS_CLIENT_INPUT.get(action.action) if refused.code == "needs_client_input" else None
    return _result(
        action,
        success=False,
        outcome=OUTCOMES.get(refused.code, "refused"),
        reason=refused.message,
        code=refused.code,
        field=refused.field,
        needs=needs,
        command_id=command_id,
    )


def _misdirected(text: str, to: str | None, manner: Manner) -> ActionResult:
    reason = (
        f"name the player to {manner} the text to: speak(..., to='Jiub')"
        if to is None
        else "an announcement goes to all players: leave out `to`, or whisper"
    )
    action = Action(action="speak", params={"text": text, "to": to, "manner": manner})
    return _result(action, success=False, outcome="refused", reason=reason, code="bad_arguments", field="to")


def _result(action: Action, **fields: Any) -> ActionResult:
    return ActionResult(action=action.action, params=action.params, timestamp=datetime.now(UTC), **fields)

"""The body of a TES3MP player: executes what the server can do, and reports what only the player's client could."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime
from threading import Event
from typing import Any, Literal, cast, overload

from timmy_actors.client import Calls
from timmy_actors.errors import RefusedError
from timmy_actors.perception import mark_stale, shows
from timmy_actors.protocol import (
    MAX_HOLD_S,
    NEEDS_CLIENT_INPUT,
    Action,
    ActionResult,
    AvailableActions,
    CommandResult,
    Outcome,
    PerceptionOutput,
    Revision,
    with_player,
)
from timmy_actors.worlds import route_requests
from timmy_actors.worlds.actions import Run, Turn, TypedAction
from timmy_actors.worlds.conditions import Condition
from timmy_actors.worlds.interface import OBSERVE_WITHIN_S, Step
from timmy_actors.worlds.manner import Manner
from timmy_actors.worlds.performing import Performed, Progress, perform
from timmy_actors.worlds.plans import Plan, Request
from timmy_actors.worlds.timing import clock_of
from timmy_actors.worlds.waiting import Waited, Watchable, wait_until

ACTION_TIMEOUT_S = 10.0
STEPS_WITHIN_S, SHORTEST_STEP_S = 10.0, 0.05
"""The longest and the shortest time for a few steps of a plan."""
SLOWEST_RUN = 130.0
"""Game units a second: who takes longer is held up by a wall."""
ID_BYTES = 12
"""Random bytes in an action's id: enough that ids do not collide."""

OUTCOMES: dict[str, Outcome] = {"in_doubt": "unknown", "internal": "failed", "game_refused": "failed"}
"""The outcome for a refusal's code; for any other code it is `refused`: nothing was executed."""


class PlayerBody:
    """The body of a player, controlled through a `Runtime` or a connection to a daemon.

    An action is the name of a command (`teleport`, `give_item`; see docs/commands.md), or a typed action. One that
    needs the client's input (walking, attacking, talking) is done where the client is simulated, in the embedded
    world; else it is refused with `needs_client_input`, and `needs` says what it would take.

    Args:
        game: a `Runtime`, or the result of `connect()`.
        player: the player's name; None: the daemon's configured player.
    """

    def __init__(self, game: Calls, player: str | None = None, *, timeout_s: float = ACTION_TIMEOUT_S) -> None:
        self._game = game
        self._player = player
        self._timeout_s = timeout_s
        self._memory = Memory()
        self.clock = clock_of(game)
        """The time by which verbs count: real time, or in lockstep the game's."""

    def observe(self, *, after: ActionResult | None = None, deadline_s: float = OBSERVE_WITHIN_S) -> PerceptionOutput:
        """The latest snapshot of the player; with `after`, the first one that shows that action's effects."""
        revision = None if after is None else after.revision
        if revision is None:
            return self._memory.on_snapshot(self._game.snapshot(self._player))
        return self._memory.on_snapshot(self._game.snapshot(self._player, after=revision, timeout_s=deadline_s))

    @overload
    def act(
        self, action: Action | TypedAction, *, command_id: str | None = ..., observe: Literal[False] = ...
    ) -> ActionResult: ...

    @overload
    def act(self, action: Action | TypedAction, *, command_id: str | None = ..., observe: Literal[True]) -> Step: ...

    def act(
        self, action: Action | TypedAction, *, command_id: str | None = None, observe: bool = False
    ) -> ActionResult | Step:
        """Execute the command that the action names, and wait for its result."""
        named = action if isinstance(action, Action) else action.as_action()
        result = self._execute(named, with_player(named.action, named.params, self._player), command_id)
        return Step(result, self.after(result)) if observe else result

    def available_actions(self) -> AvailableActions:
        """The actions that the server would accept now, and for each of the others the reason.

        Raises:
            RefusedError: as `observe`; `unavailable`: the daemon does not subscribe to that section.
        """
        return possible(self.observe())

    def wait_until(self, condition: Condition, deadline_s: float) -> Waited:
        """Wait until the condition holds, for at most `deadline_s` seconds in all. The present is read first.

        Raises:
            RefusedError: `bad_arguments`: the deadline is invalid.
        """
        return wait_until(cast(Watchable, self._game), condition, deadline_s, player=self._player)

    def perform(
        self,
        plan: Plan,
        *,
        deadline_s: float,
        cancel: Event | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Performed:
        """Run a verb (`go_to`, `follow`, ...) to its end; see `perform`."""
        return perform(self, plan, deadline_s=deadline_s, cancel=cancel, on_progress=on_progress)

    def carry_out(self, request: Request, within_s: float) -> ActionResult | None:
        """Do one request of a plan within some seconds; None: it was only to observe."""
        match request.verb:
            case "observe":
                return None
            case "towards":
                return self._step_towards(request.params["x"], request.params["y"], within_s)
            case "say":
                return self.speak(request.params["text"], to=player_named(self.observe(), request.params["to"]))
            case "give":
                return self._do(hand_over(self.observe(), **request.params))
            case "route":
                return route_requests.answer(self._game.route, request)
        return self.act(Action(action=request.verb, params=dict(request.params)))

    def _step_towards(self, x: float, y: float, within_s: float) -> ActionResult:
        return self._do(step_towards(self.observe(), x, y, within_s))

    def _do(self, acts: Acts) -> ActionResult:
        """Execute actions one after the other."""
        act = next(acts)
        while True:
            try:
                act = acts.send(self.act(act))
            except StopIteration as end:
                result: ActionResult = end.value
                return result

    def after(self, result: ActionResult) -> PerceptionOutput:
        """A snapshot that shows what an action did; `stale`, if none comes in time."""
        try:
            return self.observe(after=result)
        except RefusedError as refused:
            return mark_stale(self._game.snapshot(self._player), refused.message)

    def speak(
        self, text: str, *, to: str | None = None, manner: Manner = "say", command_id: str | None = None
    ) -> ActionResult:
        """Say something in the chat, or show it as a note: see `Manner`. With `to`, `say` becomes `whisper`."""
        try:
            return self.act(spoken(text, to, manner), command_id=command_id)
        except RefusedError as refused:
            action = Action(action="speak", params={"text": text, "to": to, "manner": manner})
            return refused_result(action, refused, command_id)

    def _execute(self, action: Action, arguments: dict[str, Any], command_id: str | None) -> ActionResult:
        key = secrets.token_hex(ID_BYTES) if command_id is None else command_id
        timeout_s = timeout_of(arguments, self._timeout_s)
        try:
            result = self._game.command(action.action, timeout_s=timeout_s, command_id=key, **arguments)
        except RefusedError as refused:
            return refused_result(action, refused, key)
        return self._memory.on_done(action, result, key)


class Memory:
    """What a body's last observation and last action were. Pure."""

    def __init__(self) -> None:
        self._produced: Revision | None = None
        """The revision that the last executed action produced."""
        self._observed: PerceptionOutput | None = None

    def on_snapshot(self, snapshot: PerceptionOutput) -> PerceptionOutput:
        """Record an observation; it is marked `stale` if it does not show the last action."""
        self._observed = _as_of(snapshot, self._produced)
        return self._observed

    def on_done(self, action: Action, result: CommandResult, command_id: str) -> ActionResult:
        """Record a command that was executed; its result as that of an action."""
        self._produced = result.revision or self._produced
        return _result(
            action,
            success=True,
            value=result.value or {},
            revision=result.revision,
            command_id=command_id,
            game_ms_since_observation=_game_ms_between(self._observed, result),
        )


Acts = Generator[Action | TypedAction, ActionResult, ActionResult]
"""Actions one after the other, each sent its result; the last result is returned."""


def step_towards(seen: PerceptionOutput, x: float, y: float, within_s: float) -> Acts:
    """Turn to a point and run there, for some seconds.

    Raises:
        RefusedError: `unavailable`: the snapshot has no position.
    """
    here = seen.position
    if here is None:
        raise RefusedError("unavailable", "the daemon's snapshots have no position: subscribe to that section")
    distance = math.hypot(x - here.x, y - here.y)
    turned = yield Turn(yaw=math.degrees(math.atan2(x - here.x, y - here.y)))
    if not turned.success:
        return turned
    seconds = min(STEPS_WITHIN_S, within_s, distance / SLOWEST_RUN + SHORTEST_STEP_S)
    return (yield Run(distance=max(1.0, distance), seconds=max(SHORTEST_STEP_S, seconds)))


def hand_over(seen: PerceptionOutput, item: str, count: int, to: str) -> Acts:
    """Remove an item here and add it there; back again if that is refused. `to` must be a player."""
    to = player_named(seen, to) or to
    taken = yield Action(action="take_item", params={"item": item, "count": count})
    if not taken.success:
        return taken
    received = yield Action(action="give_item", params={"item": item, "count": count, "player": to})
    if received.outcome in ("refused", "failed"):
        yield Action(action="give_item", params={"item": item, "count": count})
    return received


def player_named(seen: PerceptionOutput, name: str) -> str | None:
    """The player near the body whom a verb's name means: capitals do not matter there."""
    near = () if seen.nearby_players is None else seen.nearby_players.players
    return next((player.name for player in near if player.name.casefold() == name.casefold()), None)


def timeout_of(arguments: Mapping[str, Any], timeout_s: float) -> float:
    """The timeout of an action: one that lasts some seconds has as much longer."""
    lasts = arguments.get("seconds")
    return timeout_s + (lasts if isinstance(lasts, int | float) and 0 < lasts <= MAX_HOLD_S else 0.0)


def possible(snapshot: PerceptionOutput) -> AvailableActions:
    """The available actions of a snapshot.

    Raises:
        RefusedError: `unavailable`: the snapshot has not that section.
    """
    if snapshot.available_actions is None:
        raise RefusedError("unavailable", "the snapshot has no available_actions: subscribe to that section")
    return snapshot.available_actions


def spoken(text: str, to: str | None, manner: Manner) -> Action:
    """The command that delivers a text.

    Raises:
        RefusedError: `bad_arguments`: this manner needs a recipient, or has none.
    """
    if manner == "say" and to is not None:
        manner = "whisper"
    match manner, to:
        case (("announce" | "say"), None):
            return Action(action="chat" if manner == "say" else "broadcast", params={"text": text})
        case "whisper", str():
            return Action(action="whisper", params={"to": to, "text": text})
        case "show", str():
            return Action(action="message_box", params={"player": to, "text": text})
    reason = (
        f"name the player to {manner} the text to: speak(..., to='Jiub')"
        if to is None
        else "an announcement goes to all players: leave out `to`, or whisper"
    )
    raise RefusedError("bad_arguments", reason, "to")


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


def refused_result(action: Action, refused: RefusedError, command_id: str | None) -> ActionResult:
    """The result of an action that was refused."""
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


def _result(action: Action, **fields: Any) -> ActionResult:
    return ActionResult(action=action.action, params=action.params, timestamp=datetime.now(UTC), **fields)

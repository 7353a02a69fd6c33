"""A player's body whose client is played through its window, while the bridge of its server tells what came of it.

What needs the client's input goes through the portal's bindings (`forward`, `look`, `interact`, ...); everything else
is a command of the bridge, as for a `PlayerBody`. A key that the window received has no answer: whether the player
moved is judged by the perceptions that follow.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from timmy_actors.client import Calls
from timmy_actors.errors import RefusedError
from timmy_actors.protocol import NEEDS_CLIENT_INPUT, Action, ActionResult, GameEvent, PerceptionOutput, Position
from timmy_actors.worlds.actions import parse_typed
from timmy_actors.worlds.conditions import Condition
from timmy_actors.worlds.player import ACTION_TIMEOUT_S, ID_BYTES, PlayerBody, refused_result
from timmy_actors.worlds.waiting import Watchable, wait_until

UNITS_PER_S = 200.0
"""About the speed of a player: how long `forward` is held for a distance. The next perception corrects it."""
LONGEST_HOLD_S, SHORTEST_HOLD_S = 2.0, 0.2
PIXELS_PER_RADIAN = 256.0
"""OpenMW turns by pixels x sensitivity / 256 radians."""
FACING_DEG = 8.0
"""How well a player must face a point before it walks there."""
MOST_TURNS = 4
SEEN_WITHIN_S = 1.0
"""A player that a key moved is perceived again within this time: perceptions are pushed five times a second."""


class Binding(NamedTuple):
    """The portal's name for an input, and the parameter of the action that has its duration."""

    name: str
    has_seconds: bool = False


BINDINGS = {
    "activate": Binding("interact"), "open": Binding("interact"), "talk": Binding("interact"),
    "attack": Binding("attack"), "jump": Binding("jump"), "stop_moving": Binding("release_all"),
}  # fmt: skip
"""The portal's binding for each verb; walking and turning are computed."""
WINDOW_VERBS = frozenset({*BINDINGS, "walk", "run", "turn"})


class CompositeBody(PlayerBody):
    """The body of a player, played through the chosen portal and perceived through the bridge.

    `open`, `talk` and `activate` use what the player faces: `unique_index` only documents what is meant. Verbs without
    a binding here are commands of the bridge, which answers `needs_client_input`.

    Args:
        game: a `Runtime`, or the result of `connect()`, whose portal is the game's window.
        player: the player's name; None: the daemon's configured player.
        sensitivity: the game's mouse sensitivity.
    """

    def __init__(
        self, game: Calls, player: str | None = None, *, sensitivity: float = 1.0, timeout_s: float = ACTION_TIMEOUT_S
    ) -> None:
        super().__init__(game, player, timeout_s=timeout_s)
        self._pixels_per_radian = PIXELS_PER_RADIAN / sensitivity

    def _execute(self, action: Action, arguments: dict[str, Any], command_id: str | None) -> ActionResult:
        if action.action not in WINDOW_VERBS:
            return super()._execute(action, arguments, command_id)
        key = secrets.token_hex(ID_BYTES) if command_id is None else command_id
        try:
            if action.action not in BINDINGS:
                parse_typed({"action": action.action, **action.params})
            done = self._press(action)
        except RefusedError as refused:
            return refused_result(action, refused, key)
        fields = {"action": action.action, "params": action.params, "command_id": key, "binding": done.action}
        needs = None if done.success else NEEDS_CLIENT_INPUT.get(action.action)
        return done.model_copy(update={**fields, "needs": needs})

    def _press(self, action: Action) -> ActionResult:
        match action.action:
            case "walk" | "run":
                return self._hold(action.params)
            case "turn":
                return self._turn(action.params)
            case verb:
                return self._game.execute(BINDINGS[verb].name)

    def _hold(self, params: Mapping[str, Any]) -> ActionResult:
        seconds = float(params.get("seconds", 1.0))
        if "distance" in params:
            seconds = min(seconds, float(params["distance"]) / UNITS_PER_S)
        return self._game.execute(str(params.get("direction", "forward")), seconds=max(seconds, SHORTEST_HOLD_S))

    def _turn(self, params: Mapping[str, Any]) -> ActionResult:
        by = float(params.get("by", 0.0))
        if "yaw" in params:
            by = turn_to(float(params["yaw"]), self._here().yaw)
        down = float(params["pitch"]) - self._here().pitch if "pitch" in params else 0.0
        dx, dy = (round(math.radians(angle) * self._pixels_per_radian) for angle in (by, down))
        return self._game.execute("look", dx=dx, dy=dy)

    def _here(self) -> Position:
        position = self.observe().position
        if position is None:
            raise RefusedError("unavailable", "the daemon's snapshots have no position: subscribe to that section")
        return position

    def after(self, result: ActionResult) -> PerceptionOutput:
        """A snapshot that shows what an action did: after input, the first one that is newer, if one comes."""
        if result.revision is not None or not result.success:
            return super().after(result)
        newer = cast(Condition, _NewerThan(result.timestamp))
        wait_until(cast(Watchable, self._game), newer, SEEN_WITHIN_S, player=self._player)
        return self.observe()

    def _step_towards(self, x: float, y: float, within_s: float) -> ActionResult:
        for _ in range(MOST_TURNS):
            here = self._here()
            by = turn_to(math.degrees(math.atan2(x - here.x, y - here.y)), here.yaw)
            if abs(by) <= FACING_DEG:
                break
            turned = self.act(Action(action="turn", params={"by": by}))
            if not turned.success:
                return turned
            if self.after(turned).position == here:
                break  # the window ignores the mouse: the route notices that it does not come nearer
        seconds = min(math.hypot(x - here.x, y - here.y) / UNITS_PER_S, LONGEST_HOLD_S, max(within_s, SHORTEST_HOLD_S))
        return self.act(Action(action="walk", params={"seconds": seconds}))


class _NewerThan:
    """A condition: the snapshot was received after a time."""

    events: frozenset[str] = frozenset()

    def __init__(self, time: datetime) -> None:
        self._time = time.astimezone(UTC)

    def holds(self, snapshot: PerceptionOutput) -> bool:
        """Whether it was."""
        return snapshot.timestamp > self._time

    def is_met_by(self, event: GameEvent) -> bool:
        """No event fulfils it."""
        del event
        return False


def turn_to(yaw: float, current: float) -> float:
    """The shorter way from one yaw to another, in degrees: positive is clockwise."""
    return (yaw - current + 180.0) % 360.0 - 180.0

"""A player's body whose client is played through its window, while the bridge of its server tells what came of it.

What needs the client's input goes through the portal's bindings (`forward`, `look`, `interact`, ...); everything else
is a command of the bridge, as for a `PlayerBody`. A key that the window received has no answer: whether the player
moved is judged by the perceptions that follow.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any, cast

from timmy_actors.client import Calls
from timmy_actors.errors import RefusedError
from timmy_actors.protocol import Action, ActionResult, GameEvent, PerceptionOutput, Position
from timmy_actors.worlds.conditions import Condition
from timmy_actors.worlds.player import ACTION_TIMEOUT_S, PlayerBody
from timmy_actors.worlds.waiting import Watchable, wait_until
from timmy_actors.worlds.window_input import (
    LONGEST_HOLD_S,
    SHORTEST_HOLD_S,
    UNITS_PER_S,
    WINDOW_VERBS,
    WindowInput,
    turn_to,
)

FACING_DEG = 8.0
"""How well a player must face a point before it walks there."""
MOST_TURNS = 4
SEEN_WITHIN_S = 1.0
"""A player that a key moved is perceived again within this time: perceptions are pushed five times a second."""


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
        self._input = WindowInput(game, self._here, sensitivity)

    def _execute(self, action: Action, arguments: dict[str, Any], command_id: str | None) -> ActionResult:
        if action.action not in WINDOW_VERBS:
            return super()._execute(action, arguments, command_id)
        return self._input.press(action, command_id)

    def _here(self) -> Position:
        position = self.observe().position
        if position is None:
            raise RefusedError("unavailable", "the daemon's snapshots have no position: subscribe to that section")
        return position

    def after(self, result: ActionResult) -> PerceptionOutput:
        """A snapshot that shows what an action did: after input, the first one that is newer, if one comes."""
        if result.binding is None or not result.success:
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

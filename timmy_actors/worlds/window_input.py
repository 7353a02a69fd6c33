"""A client's input through the game's window: the actions of a player as the chosen portal's bindings."""

from __future__ import annotations

import math
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from timmy_actors.client import Calls
from timmy_actors.errors import RefusedError
from timmy_actors.protocol import NEEDS_CLIENT_INPUT, Action, ActionResult, Position
from timmy_actors.worlds.actions import parse_typed
from timmy_actors.worlds.player import ID_BYTES, refused_result

UNITS_PER_S = 200.0
"""About the speed of a player: how long `forward` is held for a distance. The next perception corrects it."""
LONGEST_HOLD_S, SHORTEST_HOLD_S = 2.0, 0.2
PIXELS_PER_RADIAN = 256.0
"""OpenMW turns by pixels x sensitivity / 256 radians."""
MOST_REMEMBERED = 256
"""How many results are kept for actions that are repeated under their id."""


BINDINGS = {
    "activate": "interact", "open": "interact", "talk": "interact",
    "attack": "attack", "jump": "jump", "stop_moving": "release_all",
}  # fmt: skip
"""The portal's binding for each verb; walking and turning are computed."""
WINDOW_VERBS = frozenset({*BINDINGS, "walk", "run", "turn"})


class WindowInput:
    """Plays the verbs of client input. A key has no answer: the result says only whether the window received it.

    An action repeated under one id is not pressed again: it gets the stored result.

    Args:
        here: the player's position, which a turn to a direction needs.
        sensitivity: the game's mouse sensitivity.
    """

    def __init__(self, game: Calls, here: Callable[[], Position], sensitivity: float = 1.0) -> None:
        self._game = game
        self._here = here
        self._pixels_per_radian = PIXELS_PER_RADIAN / sensitivity
        self._results: OrderedDict[str, ActionResult] = OrderedDict()

    def press(self, action: Action, command_id: str | None) -> ActionResult:
        """Execute one of `WINDOW_VERBS`, or anything that the portal has a name for."""
        key = secrets.token_hex(ID_BYTES) if command_id is None else command_id
        if key not in self._results:
            self._results[key] = self._execute(action, key)
            if len(self._results) > MOST_REMEMBERED:
                self._results.popitem(last=False)
        return self._results[key]

    def _execute(self, action: Action, key: str) -> ActionResult:
        try:
            done = self._press(action)
        except RefusedError as refused:
            return refused_result(action, refused, key)
        fields = {"action": action.action, "params": action.params, "command_id": key, "binding": done.action}
        needs = None if done.success else NEEDS_CLIENT_INPUT.get(action.action)
        return done.model_copy(update={**fields, "needs": needs})

    def _press(self, action: Action) -> ActionResult:
        if action.action in BINDINGS:
            return self._game.execute(BINDINGS[action.action])
        if action.action not in WINDOW_VERBS:
            return self._game.execute(action.action, **action.params)
        parse_typed({"action": action.action, **action.params})
        return self._turn(action.params) if action.action == "turn" else self._hold(action.params)

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


def turn_to(yaw: float, current: float) -> float:
    """The shorter way from one yaw to another, in degrees: positive is clockwise."""
    return (yaw - current + 180.0) % 360.0 - 180.0

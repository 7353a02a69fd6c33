"""A player that is played through a real window: keys and mouse reach an SDL program, which plays the client."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from tests.waiting import PATIENCE_S, eventually
from timmy_actors import Runtime
from timmy_actors.protocol import Action
from timmy_actors.worlds import CompositeBody, PlayerBody, Point, Walk, go_to, pick_up
from timmy_actors.worlds.window_input import turn_to

if TYPE_CHECKING:
    from tests.desktop_control.stage import Screen

FAR = Point(-15000, -76000)


@pytest.mark.usefixtures("window")
def test_a_held_key_moves_the_player_and_the_bridge_perceives_it(world: Runtime) -> None:
    body = CompositeBody(world)
    before = body.observe().position
    result, seen = body.act(Walk(seconds=1), observe=True)
    assert (result.success, result.binding) == (True, "hold_key")
    assert before is not None
    assert seen.position is not None
    assert math.dist((before.x, before.y), (seen.position.x, seen.position.y)) > 50


def test_a_window_that_is_not_there_ends_the_attempt(screen: Screen, world: Runtime, timmy: PlayerBody) -> None:
    del timmy
    with screen.program("Other", "xterm", "-T", "Other"):
        done = CompositeBody(world).perform(go_to(FAR), deadline_s=PATIENCE_S)
    assert done.outcome == "failed"
    assert "window_not_found" in str(done.reason)


def test_a_window_that_ignores_its_keys_ends_the_attempt_as_stuck(
    screen: Screen, world: Runtime, timmy: PlayerBody
) -> None:
    before = timmy.observe().position
    with screen.program("OpenMW", "xterm", "-T", "OpenMW"):
        eventually(lambda: world.execute("focus_window").success, PATIENCE_S)
        done = CompositeBody(world).perform(go_to(FAR, stuck_s=2), deadline_s=PATIENCE_S)
    assert done.outcome == "stuck"
    assert "within 2 s" in str(done.reason)
    assert done.seen is not None
    assert done.seen.position == before


@pytest.mark.usefixtures("window")
def test_what_the_portal_has_no_binding_for_is_left_to_the_bridge(world: Runtime) -> None:
    body = CompositeBody(world)
    assert body.act(Action(action="swim")).code == "needs_client_input"
    assert body.perform(pick_up("nothing"), deadline_s=5).outcome == "failed"


@pytest.mark.parametrize(("yaw", "current", "by"), [(90, 0, 90), (350, 10, -20), (10, 350, 20), (-90, 270, 0)])
def test_a_turn_takes_the_shorter_way(yaw: float, current: float, by: float) -> None:
    assert turn_to(yaw, current) == by

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from timmy_actors import RefusedError
from timmy_actors.embedded import LockstepWorld
from timmy_actors.protocol import Action
from timmy_actors.worlds import LockstepGame, PlayerBody

pytest.importorskip("lupa.luajit21")


@pytest.fixture
def game() -> Iterator[LockstepGame]:
    with closing(LockstepWorld(1)) as world:
        yield LockstepGame(world)


def test_a_body_acts_in_a_world_whose_time_waits_for_it(game: LockstepGame) -> None:
    body = PlayerBody(game)
    before = body.observe()
    game.step(300)
    result, seen = body.act(Action(action="teleport", params={"to": "Balmora"}), observe=True)
    assert result.game_ms_since_observation == 300
    assert (seen.position and seen.position.cell, before.position and before.position.cell) == ("-3, -2", "-2, -9")
    assert 200 <= game.game_ms - 300 <= 1000, "what the trip took"


def test_a_command_passes_the_time_that_it_takes(game: LockstepGame) -> None:
    walked = game.command("walk", seconds=2)
    assert walked.value is not None
    assert walked.value["ended_by"] == "time"
    assert walked.game_ms == 2000
    assert game.command("message", text="hi").game_ms == game.game_ms


def test_refusals_have_their_codes(game: LockstepGame) -> None:
    for name, arguments, code in (
        ("fly", {}, "unknown_command"),
        ("walk", {"seconds": -1}, "bad_arguments"),
        ("teleport", {"to": "Atlantis"}, "no_such_place"),
        ("message", {"player": "Nobody", "text": "hi"}, "no_such_player"),
    ):
        with pytest.raises(RefusedError) as refused:
            game.command(name, **arguments)
        assert refused.value.code == code
    with pytest.raises(RefusedError) as nobody:
        game.snapshot("Nobody")
    assert nobody.value.code == "no_such_player"


def test_its_clock_is_always_frozen_and_accounts_for_steps(game: LockstepGame) -> None:
    assert game.freeze(by="somebody").frozen_by == "lockstep"
    stepped = game.step(250)
    assert (stepped.game_ms, stepped.passed.game_ms, stepped.passed.steps) == (250, 250, 1)
    with pytest.raises(RefusedError, match="always frozen"):
        game.thaw()

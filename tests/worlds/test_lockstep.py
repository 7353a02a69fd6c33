from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from timmy_actors import RefusedError
from timmy_actors.embedded import LockstepWorld
from timmy_actors.errors import WatchTimeoutError
from timmy_actors.protocol import Action
from timmy_actors.worlds import (
    Happens,
    LockstepGame,
    NearPoint,
    NpcBody,
    PlayerBody,
    Point,
    Progress,
    follow,
    go_to,
    wait_until,
)

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


def test_verbs_and_waits_count_the_worlds_time(game: LockstepGame) -> None:
    body = PlayerBody(game)
    began, real_s = game.game_ms, time.process_time()
    done = body.perform(follow("fargoth", 10.0), deadline_s=600)
    assert (done.outcome, done.elapsed_s >= 10) == ("done", True), done.reason
    assert (game.game_ms - began) / 1000 == pytest.approx(done.elapsed_s, abs=0.1)
    assert time.process_time() - real_s < 25, "as fast as it can be computed"
    assert body.perform(go_to(Point(-15000, -76000)), deadline_s=2).outcome == "expired"
    in_vain = body.wait_until(NearPoint(x=0, y=0), 5)
    assert not in_vain.met
    assert in_vain.waited_s == pytest.approx(5.0)
    there = body.observe().position
    assert there is not None
    assert body.wait_until(NearPoint(x=there.x, y=there.y), 5).waited_s == 0
    with pytest.raises(RefusedError) as refused:
        body.wait_until(NearPoint(x=0, y=0), -1)
    assert refused.value.field == "deadline_s"


def test_a_watch_reports_what_happens_while_time_passes(game: LockstepGame) -> None:
    met = wait_until(game, Happens(event="actor_cell_change"), 300)
    assert met.met
    assert met.event is not None
    assert met.event.event == "actor_cell_change", "the guard crosses a border on his round"
    assert 5 < met.waited_s < 60
    with game.watch(snapshots=False, events=["death"]) as pushes, pytest.raises(WatchTimeoutError):
        pushes.read(1.0)


def test_a_place_behind_walls_ends_the_verb_as_stuck(game: LockstepGame) -> None:
    done = PlayerBody(game).perform(go_to(Point(-12050, -70250)), deadline_s=600)
    assert done.outcome == "stuck"
    assert "walls are in the way" in str(done.reason) or "no nearer than" in str(done.reason)


@pytest.mark.parametrize(
    ("command", "reason", "value"),
    [
        (("set_stat", {"stat": "health", "value": 0}), "the body died", {}),
        (("kick", {"player": "Timmy"}), "no player named", {"code": "no_such_player", "field": "player"}),
    ],
)
def test_a_body_that_dies_or_logs_out_ends_its_verb(
    game: LockstepGame, command: tuple[str, dict[str, Any]], reason: str, value: dict[str, str]
) -> None:
    def interfere(step: Progress) -> None:
        if step.remaining is not None and step.elapsed_s > 3:
            game.command(command[0], **command[1])

    done = PlayerBody(game).perform(go_to(Point(-15000, -76000)), deadline_s=600, on_progress=interfere)
    assert done.outcome == "failed"
    assert reason in str(done.reason)
    assert done.value == value
    assert done.elapsed_s < 60


def test_an_npc_lives_in_lockstep_too(game: LockstepGame) -> None:
    with NpcBody.spawn(game, "rat") as rat:
        done = rat.perform(go_to("fargoth", within=300), deadline_s=60)
        assert done.success, done.reason
    with pytest.raises(RefusedError, match="was dismissed"):
        rat.observe()


def test_its_clock_is_always_frozen_and_accounts_for_steps(game: LockstepGame) -> None:
    assert game.freeze(by="somebody").frozen_by == "lockstep"
    stepped = game.step(250)
    assert (stepped.game_ms, stepped.passed.game_ms, stepped.passed.steps) == (250, 250, 1)
    with pytest.raises(RefusedError, match="always frozen"):
        game.thaw()

"""Bodies walk the routes of the game's data files through doors, on the simulator in lockstep."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from timmy_actors.embedded import LockstepWorld
from timmy_actors.gamedata import Library, build_index
from timmy_actors.protocol import GameRoute, Place
from timmy_actors.worlds import LockstepGame, NpcBody, PlayerBody, Point, Request, go_to, talk_about, walk_route
from tools.land_records import QUESTS
from tools.test_land import load_scene, write

OFFICE = Place(cell="Seyda Neen, Census and Excise Office", x=1130, y=-387, z=193)
STREET = Place(cell="-2, -9", x=-11264, y=-70912, z=222)
ARRILLES = "Seyda Neen, Arrille's Tradehouse"
ERRAND = "a1_1_findspymaster"
LONG_S = 600.0


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("land")
    (folder / "land.omwaddon").write_bytes(write(load_scene()))
    build_index([folder / "land.omwaddon"], folder / "index")
    library = Library(folder / "index")
    yield library
    library.close()


@pytest.fixture
def game(library: Library) -> Iterator[LockstepGame]:
    """A world whose files are known."""
    world = LockstepWorld(1)
    yield LockstepGame(world, library=library)
    world.close()


@pytest.fixture
def bare() -> Iterator[LockstepGame]:
    """A world without data files."""
    world = LockstepWorld(1)
    yield LockstepGame(world)
    world.close()


def placed(game: LockstepGame, at: Place) -> PlayerBody:
    game.command("teleport", cell=at.cell, x=at.x, y=at.y, z=at.z)
    game.step(500)
    return PlayerBody(game)


def test_an_agent_finds_a_person_two_interiors_away_by_name(game: LockstepGame) -> None:
    body = placed(game, OFFICE)
    done = body.perform(go_to("Arrille"), deadline_s=LONG_S)
    assert done.success, done.reason
    assert done.value["path"] == "route"
    assert done.seen is not None
    assert done.seen.nearby_actors is not None
    assert done.seen.position is not None
    assert done.seen.position.cell == ARRILLES
    nearest = done.seen.nearby_actors.actors[0]
    assert (nearest.ref_id, nearest.name, nearest.distance < 200) == ("arrille", "Arrille", True)
    assert done.seen.quests is not None
    assert done.seen.quests.texts == {ERRAND: QUESTS[ERRAND][1][1]}


def test_who_talks_about_something_with_a_person_elsewhere_goes_there(game: LockstepGame) -> None:
    talked = placed(game, STREET).perform(talk_about("Arrille", "my trade"), deadline_s=LONG_S)
    assert talked.success, talked.reason
    assert talked.value["says"].startswith("I buy and sell")


def test_a_place_is_entered_by_its_name(game: LockstepGame) -> None:
    done = placed(game, STREET).perform(go_to(ARRILLES), deadline_s=LONG_S)
    assert done.success, done.reason
    assert done.seen is not None
    assert done.seen.position is not None
    assert done.seen.position.cell == ARRILLES


def test_an_npc_walks_a_route_too(game: LockstepGame) -> None:
    placed(game, STREET)
    with NpcBody.spawn(game, "rat") as rat:
        done = rat.perform(go_to(Point(-11500, -70700), within=100), deadline_s=LONG_S)
        assert (done.outcome, done.value["path"]) == ("done", "route"), done.reason


def test_somebody_who_walked_away_is_not_where_the_files_put_them(game: LockstepGame) -> None:
    arrille = game.describe("arrille").places[0]
    placed(game, Place(cell=ARRILLES, x=arrille.x - 200, y=arrille.y, z=arrille.z))
    game.command("delete_object", unique_index=arrille.unique_index)
    body = placed(game, OFFICE)
    done = body.perform(go_to("Arrille"), deadline_s=LONG_S)
    assert (done.outcome, done.reason) == ("failed", "Arrille is not where the game's files put it")
    assert done.value["path"] == "route"


def test_who_is_unknown_to_the_files_is_not_seen(game: LockstepGame) -> None:
    done = placed(game, OFFICE).perform(go_to("Nobody"), deadline_s=LONG_S)
    assert (done.outcome, done.reason) == ("failed", "Nobody is not seen from here")
    assert "no place, person or thing 'Nobody' is in the game's files" in done.value["no_route"]


def test_a_route_leads_around_walls_that_who_goes_straight_runs_into(game: LockstepGame, bare: LockstepGame) -> None:
    start = Place(cell="-2, -9", x=-11555, y=-69648, z=222)
    straight, routed = (
        placed(each, start).perform(go_to(Point(-12419, -71301), within=100), deadline_s=LONG_S)
        for each in (bare, game)
    )
    assert (straight.outcome, straight.value["path"]) == ("done", "straight")
    assert (routed.outcome, routed.value["path"]) == ("done", "route"), routed.reason
    assert routed.elapsed_s < straight.elapsed_s


def test_without_files_a_body_goes_straight_and_says_so(bare: LockstepGame) -> None:
    body = placed(bare, STREET)
    done = body.perform(go_to(Point(-11500, -70700), within=100), deadline_s=LONG_S)
    assert (done.outcome, done.value["path"]) == ("done", "straight"), done.reason
    assert done.value["no_route"] == "a world in lockstep has no 'route'"
    away = placed(bare, OFFICE).perform(go_to("Arrille"), deadline_s=LONG_S)
    assert (away.outcome, away.reason) == ("failed", "Arrille is not seen from here")


def test_a_point_that_no_world_has_is_no_goal_of_a_route(game: LockstepGame) -> None:
    asked = PlayerBody(game).carry_out(Request("route", {"to": Point(1e12, 0), "start": game.snapshot().position}), 1)
    assert asked is not None
    assert (asked.success, asked.code, asked.field) == (False, "bad_arguments", "to")


def test_the_files_answer_in_lockstep_as_well(game: LockstepGame) -> None:
    placed(game, OFFICE)
    assert game.describe("arrille").name == "Arrille"
    assert game.look_up("arrille", limit=1).matches[0].id == "arrille"
    assert [point.door for point in game.route("Arrille").waypoints if point.door] == ["107002-0", "107003-0"]


def test_where_no_way_leads_the_body_stays(game: LockstepGame) -> None:
    done = PlayerBody(game).perform(walk_route(GameRoute(reason="no path leads there")), deadline_s=LONG_S)
    assert (done.outcome, done.reason) == ("failed", "no path leads there")


def test_a_door_that_is_not_there_fails_the_walk(game: LockstepGame) -> None:
    here = game.snapshot().position
    assert here is not None
    at = {"cell": here.cell, "x": here.x, "y": here.y, "z": here.z, "distance": 0}
    route = GameRoute.model_validate({"waypoints": [{**at, "door": "1-0"}, at], "distance": 0})
    done = PlayerBody(game).perform(walk_route(route), deadline_s=LONG_S)
    assert done.outcome == "failed"
    assert done.reason is not None
    assert done.reason.startswith("door 1-0: ")

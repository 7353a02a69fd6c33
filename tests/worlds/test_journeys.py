"""A body walks a route of the game's data files through doors, on the simulator in lockstep."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from timmy_actors.embedded import LockstepWorld
from timmy_actors.gamedata import Library, Navigator, build_index
from timmy_actors.protocol import GameRoute, Place
from timmy_actors.worlds import LockstepGame, PlayerBody, walk_route
from tools.test_land import load_scene, write

OFFICE = Place(cell="Seyda Neen, Census and Excise Office", x=1130, y=-387, z=193)
LONG_S = 600.0


@pytest.fixture(scope="module")
def navigator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Navigator]:
    folder = tmp_path_factory.mktemp("land")
    (folder / "land.omwaddon").write_bytes(write(load_scene()))
    build_index([folder / "land.omwaddon"], folder / "index")
    library = Library(folder / "index")
    yield Navigator(library)
    library.close()


@pytest.fixture(scope="module")
def game() -> Iterator[LockstepGame]:
    world = LockstepWorld(1)
    yield LockstepGame(world)
    world.close()


def test_an_agent_finds_a_person_two_interiors_away_by_name(navigator: Navigator, game: LockstepGame) -> None:
    game.command("teleport", cell=OFFICE.cell, x=OFFICE.x, y=OFFICE.y, z=OFFICE.z)
    game.step(500)
    body = PlayerBody(game)
    done = body.perform(walk_route(navigator.route(OFFICE, "Arrille")), deadline_s=LONG_S)
    assert done.success, done.reason
    assert done.seen is not None
    assert done.seen.nearby_actors is not None
    assert done.seen.position is not None
    assert done.seen.position.cell == "Seyda Neen, Arrille's Tradehouse"
    nearest = done.seen.nearby_actors.actors[0]
    assert (nearest.ref_id, nearest.distance < 200) == ("arrille", True)


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

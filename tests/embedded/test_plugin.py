"""The embedded world is what a plugin says: one changed thing in the file changes what the agent perceives."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from timmy_actors.embedded import EmbeddedSettings, LockstepWorld, World
from timmy_actors.errors import ConfigError
from timmy_actors.worlds import LockstepGame
from tools.plugin_writer import plugin
from tools.test_land import Scene, load_scene, write

pytest.importorskip("lupa.luajit21")

TRADEHOUSE, LIGHTHOUSE = "Seyda Neen, Arrille's Tradehouse", "Seyda Neen, Lighthouse"
DOOR = "107003-0"
FARGOTH = "102001-0"
HILL = 300.0
TOP = -10900.0, -70500.0
"""The middle of the hill."""


@pytest.fixture(scope="module")
def land() -> bytes:
    """The plugin of the simulator's own world."""
    return write(load_scene())


@pytest.fixture(scope="module")
def changed() -> bytes:
    """The same with a door that leads elsewhere, somebody renamed, somebody removed, a hill, and a new room."""
    scene = load_scene()
    doors = {door["refNum"]: door for door in scene.doors}
    into = next(door for door in scene.doors if door["leads_to"] == LIGHTHOUSE)
    doors[107003] |= {"leads_to": LIGHTHOUSE, "to": into["to"]}
    scene.people["fargoth"]["name"] = "Fargoth the Renamed"
    scene.actors = [actor for actor in scene.actors if actor["refId"] != "eldafire"]
    scene.markers["Cellar"] = [10.0, 20.0, 30.0]
    crate = {"refNum": 7, "refId": "crate_01", "items": [], "cell": "Cellar"}
    scene.containers.append({**crate, "x": 40, "y": 20, "z": 30})
    raise_a_hill(scene)
    return write(scene)


def raise_a_hill(scene: Scene) -> None:
    """Raise the ground around TOP."""
    flat = scene.height

    def height(cell: str, x: float, y: float, z: float) -> float:
        return float(flat(cell, x, y, z)) + HILL * math.exp(-(math.dist((x, y), TOP) ** 2) / 600**2)

    def heights(_: object, cell: str, west: float, south: float, spacing: float, side: int) -> dict[int, float]:
        points = ((row, column) for row in range(side) for column in range(side))
        at = ((west + column * spacing, south + row * spacing) for row, column in points)
        return dict(enumerate(height(cell, x, y, 0.0) for x, y in at))

    scene.height, scene.heights = height, heights


@contextmanager
def playing(folder: Path, data: bytes) -> Iterator[LockstepGame]:
    """A world that is this plugin."""
    file = folder / "world.omwaddon"
    file.write_bytes(data)
    with closing(LockstepWorld(1, plugin=file)) as world:
        yield LockstepGame(world)


def near(game: LockstepGame, index: str) -> dict[str, Any]:
    """What the player sees of a thing."""
    value = game.command("look", radius=4096).value or {}
    seen: dict[str, Any] = next(thing for thing in value["things"] if thing["unique_index"] == index)
    return seen


def test_the_plugin_of_the_world_itself_is_the_same_world(land: bytes, tmp_path: Path) -> None:
    def perceived(game: LockstepGame) -> object:
        game.step(3_000)
        snapshot = game.snapshot()
        things = [near(game, index) for index in (DOOR, FARGOTH)]
        for thing in things:  # the plugin's numbers are of single precision
            thing |= {name: round(thing[name]) for name in ("x", "y", "z", "distance")}
        return snapshot.position, snapshot.nearby_actors, things

    with playing(tmp_path, land) as game:
        theirs = perceived(game)
    with closing(LockstepWorld(1)) as own:
        assert theirs == perceived(LockstepGame(own))


def test_a_door_leads_where_the_plugin_says(land: bytes, changed: bytes, tmp_path: Path) -> None:
    for data, place in ((land, TRADEHOUSE), (changed, LIGHTHOUSE)):
        with playing(tmp_path, data) as game:
            door = near(game, DOOR)
            assert door["leads_to"] == place
            game.command("teleport", cell="-2, -9", x=door["x"] + 60, y=door["y"], z=door["z"])
            game.step(1_000)
            game.command("activate", unique_index=DOOR)
            game.step(2_000)
            assert cell_of(game) == place


def cell_of(game: LockstepGame) -> str:
    """Where the player is."""
    position = game.snapshot().position
    assert position is not None
    return position.cell


def test_people_are_those_of_the_plugin_with_its_names(changed: bytes, tmp_path: Path) -> None:
    with playing(tmp_path, changed) as game:
        assert near(game, FARGOTH)["name"] == "Fargoth the Renamed"
        snapshot = game.snapshot()
        assert snapshot.nearby_actors is not None
        seen = {actor.ref_id for actor in snapshot.nearby_actors.actors}
    assert "vodunius nuccius" in seen
    assert "eldafire" not in seen


def test_who_walks_over_a_hill_of_the_plugin_rises(land: bytes, changed: bytes, tmp_path: Path) -> None:
    tops = []
    for data in (land, changed):
        with playing(tmp_path, data) as game:
            game.command("teleport", cell="-2, -9", x=TOP[0] - 100, y=TOP[1], z=220.0)
            game.step(1_000)
            game.command("turn", yaw=90)
            walked = game.command("walk", distance=100, seconds=9).value or {}
            tops.append(walked["z"])
    assert tops[1] - tops[0] == pytest.approx(HILL, abs=30)


def test_a_room_and_its_things_are_those_of_the_plugin(changed: bytes, tmp_path: Path) -> None:
    with playing(tmp_path, changed) as game:
        game.command("teleport", cell="Cellar", x=10.0, y=20.0, z=30.0)
        game.step(1_000)
        assert near(game, "7-0")["ref_id"] == "crate_01"
        assert cell_of(game) == "Cellar"


def test_a_plugin_without_anything_is_an_empty_world(tmp_path: Path) -> None:
    with playing(tmp_path, plugin([])) as game:
        game.step(1_000)
        snapshot = game.snapshot()
        assert snapshot.nearby_actors is not None
        assert snapshot.nearby_actors.actors == ()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no plugin", "world.omwaddon"),
        (plugin([], masters=["lost.esm"]), "its master lost.esm is not loaded before it"),
    ],
)
def test_a_plugin_that_cannot_be_the_world_is_refused_with_the_reason(data: bytes, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "world.omwaddon"
    file.write_bytes(data)
    with pytest.raises(ConfigError, match=r"^world\.plugin: ") as refused:
        World(EmbeddedSettings(plugin=file))
    assert reason in str(refused.value)


def test_a_plugin_that_is_too_large_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "world.esm"
    with file.open("wb") as large:
        large.truncate(16 * 1024 * 1024 + 1)
    with pytest.raises(ConfigError, match=r"world\.plugin: .*world\.esm is larger than 16777216 bytes"):
        LockstepWorld(1, plugin=file)


def test_a_plugin_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"world\.plugin: .*missing\.esp cannot be read: No such file"):
        LockstepWorld(1, plugin=tmp_path / "missing.esp")

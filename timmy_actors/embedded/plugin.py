"""Reads a plugin of the game for the embedded world: what it places, as plain data for the simulator's scene."""

from __future__ import annotations

import json
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from timmy_actors import gamedata  # its names are loaded on first use: only where a plugin is named
from timmy_actors.errors import ConfigError, GameDataError

MAX_BYTES = 16 * 1024 * 1024
"""The largest plugin: the world waits until it is read, about a second."""
MAX_ACTORS = 500
"""The most people and creatures: the simulator moves those that a player sees."""
MAX_PLACED = 5_000
"""The most doors and containers."""
HEIGHT_LIMIT = 2**15 - 1
NODE = struct.Struct("<iii")
"""The position at the head of a point of a path grid."""
NORMAL_HEALTH = 50
"""What an NPC has whose record leaves its health to the game."""
_PLACED = """
SELECT r.number, e.id, c.key, c.interior, r.x, r.y, r.z, r.yaw, r.to_cell, r.to_x, r.to_y, r.to_z, r.to_yaw, e.fields
FROM reference r JOIN cell c ON c.number = r.cell JOIN record e ON e.key = r.key
WHERE e.kind IN (?, ?) AND r.x IS NOT NULL AND r.y IS NOT NULL AND r.z IS NOT NULL
ORDER BY r.origin, r.number LIMIT ?
"""
_NAMES = "SELECT key, name FROM record WHERE kind IN ('npc', 'creature') AND name != ''"
_TOWNS = "SELECT lower(name), key FROM cell WHERE NOT interior AND name != '' ORDER BY number DESC"
_NODES = "SELECT cell, nodes FROM path_grid WHERE cell != ''"

Entry = dict[str, Any]


def read_plugin(file: Path) -> dict[str, Any]:
    """What the plugin places, in the form of `lua/simulator/scene/plugin.lua`.

    Raises:
        ConfigError: it cannot be used as a world.
    """
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ConfigError(f"world.plugin: {file} is larger than {MAX_BYTES} bytes: the embedded world is small")
        with tempfile.TemporaryDirectory(prefix="timmy-world-") as folder:
            index = Path(folder) / "index"
            gamedata.build_index([file], index)
            library = gamedata.Library(index)
            try:
                return _export(library, file)
            finally:
                library.close()
    except OSError as error:
        raise ConfigError(f"world.plugin: {file} cannot be read: {error.strerror}") from error
    except GameDataError as error:
        raise ConfigError(f"world.plugin: {error}") from error


def _export(library: gamedata.Library, file: Path) -> dict[str, Any]:
    doors = [_door(library, row) for row in _placed(library, file, ("door", "door"), MAX_PLACED)]
    containers = _placed(library, file, ("container", "container"), MAX_PLACED)
    actors = _placed(library, file, ("npc", "creature"), MAX_ACTORS)
    leading = [door for door in doors if "leads_to" in door]
    return {
        "doors": leading,
        "gates": [door for door in doors if "leads_to" not in door],
        "containers": [_container(library, row) for row in containers],
        "actors": [_actor(library, row) for row in actors],
        "markers": dict(_markers(library, leading)),
        "towns": dict(library.rows(_TOWNS)),
        "names": dict(library.rows(_NAMES)),
        "heights": {f"{x}, {y}": _packed(heights) for x, y, heights in library.rows("SELECT x, y, heights FROM land")},
    }


def _placed(library: gamedata.Library, file: Path, kinds: tuple[str, str], most: int) -> list[tuple[Any, ...]]:
    rows = library.rows(_PLACED, *kinds, most + 1)
    if len(rows) > most:
        raise ConfigError(f"world.plugin: {file} places more than {most} things of the kind {kinds[0]!r}: take a part")
    return rows


def _entry(library: gamedata.Library, row: tuple[Any, ...]) -> Entry:
    number, ident, cell, _, x, y, z = row[:7]
    return {"refNum": number, "mpNum": 0, "refId": ident, "cell": library.cell_name(cell), "x": x, "y": y, "z": z}


def _door(library: gamedata.Library, row: tuple[Any, ...]) -> Entry:
    to_cell, x, y, z, yaw = row[8:13]
    if to_cell is None or x is None or y is None:
        return _entry(library, row)
    to = {"x": x, "y": y, "z": z or 0.0, "yaw": yaw or 0.0}
    return _entry(library, row) | {"leads_to": library.cell_name(to_cell), "to": to}


def _container(library: gamedata.Library, row: tuple[Any, ...]) -> Entry:
    return _entry(library, row) | {"items": list(_items(row))}


def _actor(library: gamedata.Library, row: tuple[Any, ...]) -> Entry:
    entry = _entry(library, row)
    x, y, z = (entry.pop(name) for name in "xyz")
    health = json.loads(row[13]).get("health") or NORMAL_HEALTH
    entry |= {"way": [[x, y, z, row[7] or 0.0]], "health": health}
    if not row[3]:
        del entry["cell"]  # outside it follows from the position
    items = list(_items(row))
    return entry | {"items": items} if items else entry


def _items(row: tuple[Any, ...]) -> Iterator[Entry]:
    for stack in json.loads(row[13]).get("items", ()):
        yield {"id": stack["item"], "count": abs(stack["count"])}  # a negative count is restocked


def _markers(library: gamedata.Library, doors: list[Entry]) -> Iterator[tuple[str, list[float]]]:
    """Where one arrives in each room: behind a door into it, else at a point of its path grid."""
    for (key,) in library.rows("SELECT key FROM cell WHERE interior"):
        yield library.cell_name(key), [0.0, 0.0, 0.0]
    for key, nodes in library.rows(_NODES):
        if len(nodes) >= NODE.size:
            yield library.cell_name(key), [float(number) for number in NODE.unpack_from(nodes)]
    for door in reversed(doors):
        to = door["to"]
        yield door["leads_to"], [to["x"], to["y"], to["z"]]


def _packed(heights: bytes | None) -> bytes:
    """65 x 65 heights in game units: rows from south to north, as signed numbers of two bytes, the lower first."""
    rows = [] if heights is None else gamedata.decode_heights(heights)
    flat = [max(-HEIGHT_LIMIT, min(HEIGHT_LIMIT, round(height))) for row in rows for height in row]
    return struct.pack(f"<{len(flat)}h", *flat)


def as_bytes(value: Any) -> Any:
    """The data with its texts as UTF-8 bytes, which is what Lua's strings are."""
    if isinstance(value, dict):
        return {as_bytes(key): as_bytes(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_bytes(each) for each in value]
    return value.encode() if isinstance(value, str) else value


def install_plugin(lua: Any, data: dict[str, Any]) -> None:
    """Have the scene of a Lua state that has not started its world take the plugin's data."""
    lua.globals().package.loaded["simulator.scene.plugin"] = lua.table_from(as_bytes(data), recursive=True)

"""Writes the test land as a game that OpenMW 0.47 starts without any game data: `python -m tools.test_game FOLDER`.

    openmw --data FOLDER --content land.omwgame --skip-menu --start=-2,-9

The settings' names are those that OpenMW asks for. Only the names come from its source: they are facts, and nothing
else of it is here. Each text is its setting's name; each number is invented (1), but for `NUMBERS` and `GLOBALS`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tools.land_records import CREATURES
from tools.mesh_writer import chequered_texture, person_animation, person_mesh
from tools.plugin_writer import encode
from tools.test_land import load_scene, write

NAME = "land.omwgame"
SETTINGS = Path(__file__).with_name("game_settings.txt")
"""Names without values or texts."""
NUMBERS = {
    "fMinWalkSpeed": 100.0, "fMaxWalkSpeed": 200.0, "fEncumberedMoveEffect": 0.3, "fAthleticsRunBonus": 1.0,
    "fBaseRunMultiplier": 1.75, "fVanityDelay": 1e6, "fFallDamageDistanceMin": 400.0,
}  # fmt: skip
"""The speeds are those of the simulator (`lua/simulator/world/movement.lua`). After the delay, in seconds without
input, the view turns around the player: a picture would change by itself. A fall of a jump's height does no damage."""
GLOBALS = {
    "Day": 16, "DaysPassed": 1, "Month": 7, "Year": 427, "PCYear": 427, "PCRace": 0, "PCVampire": 0, "PCWerewolf": 0,
    "CharGenState": 0, "Random100": 0, "GameHour": 12.0, "TimeScale": 30.0,
}  # fmt: skip
BODIES = (
    "base_anim", "base_anim.1st", "base_anim_female", "base_anim_female.1st", "base_animkna", "base_animkna.1st",
    "xbase_anim", "xbase_anim.1st", "xbase_anim_female",
)  # fmt: skip
SKY = ("sky_atmosphere", "sky_clouds_01", "sky_night_01", "sky_night_02")
GRASS = (96, 128, 64), (72, 104, 40)


def write_game(folder: Path) -> None:
    """Write the game's file, its meshes and its texture into a folder.

    Raises:
        LuaJitMissingError: lupa is not installed.
        OSError: the folder cannot be written.
    """
    for name in ("meshes", "textures"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_bytes(write(load_scene(), first=[*_settings(), *_globals(), _player()]))
    for name in (*BODIES, *CREATURES, *SKY):
        (folder / "meshes" / f"{name}.nif").write_bytes(person_mesh())
    for name in BODIES:
        (folder / "meshes" / f"{name}.kf").write_bytes(person_animation())
    (folder / "textures" / "_land_default.dds").write_bytes(chequered_texture(*GRASS))


def _settings() -> Iterator[bytes]:
    for name in SETTINGS.read_text().strip().replace("\n", ", ").split(", "):
        match name[0]:
            case "f":
                yield encode(b"GMST", {"id": name, "number": NUMBERS.get(name, 1.0)})
            case "i":
                yield encode(b"GMST", {"id": name, "integer": 1})
            case _:
                yield encode(b"GMST", {"id": name, "text": name})


def _globals() -> Iterator[bytes]:
    for name, value in GLOBALS.items():
        kind = "f" if isinstance(value, float) else "s"
        yield encode(b"GLOB", {"id": name, "type": kind, "number": float(value)})


def _player() -> bytes:
    numbers = {
        "level": 1, "attributes": [50] * 8, "skills": [20] * 27, "health": 50, "magicka": 50, "fatigue": 100,
        "disposition": 50, "reputation": 0, "rank": 0, "gold": 0, "flags": 8,
    }  # fmt: skip
    return encode(b"NPC_", {"id": "player", "name": "Player", "race": "Imperial", "class": "Acrobat", **numbers})


if __name__ == "__main__":
    write_game(Path(sys.argv[1]))

"""OpenMW's own reader, `esmtool`, reads every record of the test land, and its writer's copy says the same."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.gamedata.plugins import read, records_of
from timmy_actors.gamedata.decoding import Cell
from tools.test_game import NAME, write_game

ESMTOOL = shutil.which("esmtool", path="/usr/games:/usr/bin:/usr/local/bin")
NIFTEST = "/usr/games/niftest"  # of the same package
pytestmark = pytest.mark.skipif(ESMTOOL is None, reason="esmtool is missing: apt install openmw-cs")
CLONED_WITHOUT = {b"TES3", b"LAND", b"MGEF"}
"""What esmtool 0.47 does not copy as it is: the header and the effects' flags are its own, heights are left out."""


def esmtool(*arguments: str) -> str:
    assert ESMTOOL is not None
    run = subprocess.run([ESMTOOL, *arguments], capture_output=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout[-500:] + run.stderr[-500:]
    return run.stdout.decode("cp1252")


def test_every_record_is_parsed(land: bytes, tmp_path: Path) -> None:
    file = tmp_path / "land.omwaddon"
    file.write_bytes(land)
    dumped = esmtool("dump", "--loadcells", "--plain", str(file))
    assert dumped.count("\nRecord: ") == len(records_of(land)) - 1
    assert "The Innkeeper's Ledger" in dumped


def test_a_copy_by_another_writer_says_the_same(land: bytes, tmp_path: Path) -> None:
    original, copy = tmp_path / "land.omwaddon", tmp_path / "copy.omwaddon"
    original.write_bytes(land)
    esmtool("clone", str(original), str(copy))
    written, copied = read(land), read(copy.read_bytes())
    assert [tag for tag, _ in copied] == [tag for tag, _ in written]
    for (tag, ours), (_, theirs) in zip(written, copied, strict=True):
        if isinstance(ours, Cell) and isinstance(theirs, Cell):
            assert theirs.values.items() >= ours.values.items()
            assert [each.number for each in theirs.references] == [each.number for each in ours.references]
            assert all(
                their.values.items() >= our.values.items()
                for our, their in zip(ours.references, theirs.references, strict=True)
            )
        elif isinstance(ours, dict) and isinstance(theirs, dict) and tag not in CLONED_WITHOUT:
            assert theirs.items() >= ours.items()


def test_the_game_of_the_land_is_parsed(tmp_path: Path) -> None:
    write_game(tmp_path)
    dumped = esmtool("dump", "--plain", str(tmp_path / NAME))
    assert dumped.count("\nRecord: ") == len(records_of((tmp_path / NAME).read_bytes())) - 1


def test_the_meshes_and_animations_of_the_game_are_parsed(tmp_path: Path) -> None:
    write_game(tmp_path)
    animation = tmp_path / "animation.nif"  # niftest goes by the name: an animation is a mesh's file with other records
    animation.write_bytes((tmp_path / "meshes" / "base_anim.kf").read_bytes())
    meshes = sorted((tmp_path / "meshes").glob("*.nif"))
    assert len(meshes) > 1
    run = subprocess.run([NIFTEST, *map(str, meshes), str(animation)], capture_output=True, timeout=60, check=False)
    assert (run.returncode, run.stderr) == (0, b"")


def test_each_creature_of_the_game_has_its_mesh(tmp_path: Path) -> None:
    write_game(tmp_path)  # OpenMW 0.47 needs it
    creatures = [values for tag, values in read((tmp_path / NAME).read_bytes()) if tag == b"CREA"]
    assert creatures
    for creature in creatures:
        assert isinstance(creature, dict)
        assert (tmp_path / "meshes" / creature["model"]).is_file()

"""The index follows the load order: later files override, delete and move what earlier ones added."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.gamedata.plugins import Index
from timmy_actors.errors import GameDataError
from timmy_actors.gamedata import Fault, build_index
from tools.plugin_writer import Values, encode, encode_cell, encode_path_grid, frame, plugin

ROOM = {"name": "A Room", "flags": 1, "x": 0, "y": 0}
MASTER, OWN = 1 << 24, 0


def place(number: int, ident: str, **values: object) -> Values:
    return {
        "number": number,
        "id": ident,
        "x": 1.0,
        "y": 2.0,
        "z": 3.0,
        "pitch": 0.0,
        "roll": 0.0,
        "yaw": 0.0,
        **values,
    }


ROCKS = [encode(b"STAT", {"id": "rock"}), encode(b"STAT", {"id": "tree"})]
BASE = plugin([*ROCKS, encode_cell(ROOM, [place(1, "rock"), place(2, "tree")])])


def cells_of(index: Index) -> list[tuple[object, ...]]:
    return index.rows(
        "SELECT cell.key, origin, reference.number, reference.key, reference.x FROM reference JOIN cell"
        " ON cell.number = reference.cell ORDER BY origin, reference.number, cell.key"
    )


def test_a_later_record_replaces_an_earlier_one(tmp_path: Path) -> None:
    first = plugin([encode(b"NPC_", {"id": "Jiub", "name": "Jiub"}), encode(b"MISC", {"id": "cup", "name": "Cup"})])
    later = plugin([encode(b"NPC_", {"id": "JIUB", "name": "Saint Jiub"})], masters=["base.esm"])
    index = Index(tmp_path, ("base.esm", first), ("later.esp", later))
    assert index.rows("SELECT kind, key, name, file FROM record ORDER BY key") == [
        ("miscellaneous", "cup", "Cup", 1),
        ("npc", "jiub", "Saint Jiub", 2),
    ]
    assert index.faults() == []


def test_a_deleted_record_is_gone_and_can_come_back(tmp_path: Path) -> None:
    first = plugin([encode(b"MISC", {"id": "cup"}), encode(b"MISC", {"id": "pot"})])
    later = plugin([encode(b"MISC", {"id": name, "deleted": True}) for name in ("cup", "pot")], masters=["base.esm"])
    last = plugin([encode(b"MISC", {"id": "pot"})], masters=["base.esm"])
    index = Index(tmp_path, ("base.esm", first), ("later.esp", later), ("last.esp", last))
    assert index.rows("SELECT key, file FROM record") == [("pot", 3)]


def test_a_later_file_moves_and_deletes_references_of_its_master(tmp_path: Path) -> None:
    outside = {"name": "", "flags": 0, "x": 5, "y": 6}
    first = plugin([*ROCKS, encode_cell(outside, [place(1, "rock"), place(2, "tree"), place(3, "tree")])])
    changed = [
        place(MASTER | 1, "rock", x=9.0),
        place(MASTER | 2, "tree", deleted=True),
        place(MASTER | 3, "tree", x=7.0),
    ]
    later = plugin([encode_cell(outside, [*changed, place(1, "tree")], {MASTER | 1: (5, 7)})], masters=["base.esm"])
    index = Index(tmp_path, ("base.esm", first), ("later.esp", later))
    assert cells_of(index) == [
        ("5, 7", 1, 1, "rock", 9.0),
        ("5, 6", 1, 3, "tree", 7.0),
        ("5, 6", 2, 1, "tree", 1.0),
    ]


def test_a_reference_of_a_master_that_is_not_named_is_the_files_own(tmp_path: Path) -> None:
    index = Index(tmp_path, ("base.esm", plugin([*ROCKS, encode_cell(ROOM, [place(7 << 24 | 4, "rock")])])))
    assert cells_of(index) == [("a room", 1, 4, "rock", 1.0)]


def test_a_path_grid_at_the_origin_belongs_to_the_interior_of_its_name(tmp_path: Path) -> None:
    grids = [encode_path_grid(0, 0, name, [(1, 2, 3)], []) for name in ("A Room", "Ashlands Region")]
    index = Index(tmp_path, ("base.esm", plugin([encode_cell(ROOM, []), *grids])))
    assert index.rows("SELECT x, y, cell FROM path_grid ORDER BY cell") == [(0, 0, ""), (0, 0, "a room")]


def test_lines_of_a_topic_keep_their_places_when_overridden(tmp_path: Path) -> None:
    topic = encode(b"DIAL", {"id": "Quest", "type": 4})
    lines = [
        encode(b"INFO", {"id": str(at), "type": 4, "disposition": at * 10, "text": f"Stage {at}"}) for at in (1, 2)
    ]
    override = encode(b"INFO", {"id": "1", "type": 4, "disposition": 10, "text": "Another"})
    later = plugin([topic, override, encode(b"INFO", {"id": "2", "deleted": True})], masters=["base.esm"])
    index = Index(tmp_path, ("base.esm", plugin([topic, *lines])), ("later.esp", later))
    assert index.rows("SELECT topic, stage, text FROM info ORDER BY position") == [("quest", 10, "Another")]


def test_the_index_is_built_again_only_when_a_file_has_changed(tmp_path: Path) -> None:
    file, index = tmp_path / "base.esm", tmp_path / "index.sqlite"
    file.write_bytes(BASE)
    assert build_index([file], index)
    assert not build_index([file], index)
    os.utime(file, (1, 1))
    assert not build_index([file], index)
    file.write_bytes(plugin(ROCKS))
    assert build_index([file], index)
    assert build_index([file], index, code_page="cp1251")
    index.write_bytes(b"no database")
    assert build_index([file], index)


def test_progress_reaches_all_bytes(tmp_path: Path) -> None:
    (tmp_path / "base.esm").write_bytes(BASE)
    steps: list[tuple[int, int]] = []
    build_index([tmp_path / "base.esm"], tmp_path / "index.sqlite", on_progress=lambda *step: steps.append(step))
    assert steps == [(len(BASE), len(BASE))]


# Bad input: the fault names the record and its place, and the rest is used.


def test_a_truncated_file_is_used_up_to_the_broken_record(tmp_path: Path) -> None:
    index = Index(tmp_path, ("base.esm", BASE[:-20]))
    assert index.rows("SELECT key FROM record ORDER BY key") == [("rock",), ("tree",)]
    [fault] = index.faults()
    assert fault.startswith(f"CELL at {BASE.index(b'CELL')}: the file ends within it, ")


def test_a_size_past_the_end_of_a_record_leaves_out_that_record(tmp_path: Path) -> None:
    broken = frame(b"MISC", b"NAME\xff\xff\xff\x7fcup\0")
    index = Index(tmp_path, ("base.esm", plugin([broken, *ROCKS])))
    assert index.rows("SELECT count(*) FROM record") == [(2,)]
    [fault] = index.faults()
    assert "NAME has 2147483647 bytes, but only 4 are left: the record is left out" in fault


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (frame(b"MISC", b"MCDT\x02\0\0\0ab"), "MCDT: a subrecord has 2 bytes, not 12"),
        (frame(b"LAND", b"VHGT\x02\0\0\0ab"), "VHGT: heights has 2 bytes, not 4232"),
        (frame(b"MISC", b""), "its id is missing"),
        (frame(b"LAND", b""), "its cell is missing"),
        (frame(b"CELL", b""), "its DATA is missing"),
        (frame(b"CELL", b"DATA\x0c\0\0\0" + bytes(12) + b"FRMR\x02\0\0\0ab"), "FRMR has 2 bytes, not 4"),
        (
            frame(b"CELL", b"DATA\x0c\0\0\0" + bytes(12) + b"MVRF\x04\0\0\0abcdCNDT\x02\0\0\0ab"),
            "CNDT has 2 bytes, not 8",
        ),
        (encode(b"INFO", {"id": "1"}), "no DIAL stands before it"),
        (encode(b"TES3", {"author": "a"}), "a second header"),
    ],
)
def test_a_broken_record_is_left_out(tmp_path: Path, record: bytes, reason: str) -> None:
    index = Index(tmp_path, ("base.esm", plugin([record, *ROCKS])))
    assert index.rows("SELECT count(*) FROM record") == [(2,)]
    [fault] = index.faults()
    assert f"{reason}: the record is left out" in fault


def test_unknown_records_are_skipped_by_name(tmp_path: Path) -> None:
    index = Index(tmp_path, ("base.esm", plugin([frame(b"LUAL", b"x"), frame(b"LUAL", b"y"), *ROCKS])))
    [(record, reason, count)] = index.rows("SELECT record, reason, count FROM fault")
    assert (record, reason, count) == ("LUAL", "this record is unknown: it is skipped", 2)


def test_a_file_without_its_master_is_left_out(tmp_path: Path) -> None:
    orphan = plugin([encode(b"MISC", {"id": "cup"})], masters=["Lost.esm"])
    index = Index(tmp_path, ("base.esm", BASE), ("orphan.esp", orphan))
    assert index.rows("SELECT key FROM record WHERE key = 'cup'") == []
    [fault] = index.rows("SELECT file, record, offset, reason, count FROM fault")
    line = f"{fault[0]}: record TES3, byte 0: its master Lost.esm is not loaded before it: the file is left out"
    assert str(Fault(*fault)) == line
    assert str(fault[0]).endswith("orphan.esp")


def test_masters_in_a_circle_leave_out_all_of_the_circle(tmp_path: Path) -> None:
    one, other = plugin([], masters=["b.esm"]), plugin([], masters=["a.esm"])
    with pytest.raises(
        GameDataError, match=r"its master b\.esm is not loaded before it.*its master a\.esm is not loaded"
    ):
        Index(tmp_path, ("a.esm", one), ("b.esm", other))


@pytest.mark.parametrize("data", [b"", b"MZ" + bytes(40), frame(b"CELL", b"")])
def test_what_is_no_plugin_is_left_out(tmp_path: Path, data: bytes) -> None:
    index = Index(tmp_path, ("base.esm", BASE), ("picture.esp", data))
    assert any("it is no plugin: its first record is not TES3" in fault for fault in index.faults())


def test_a_missing_file_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "base.esm").write_bytes(BASE)
    build_index([tmp_path / "base.esm", tmp_path / "gone.esp"], tmp_path / "index.sqlite")
    with pytest.raises(GameDataError, match=r"gone\.esp: it cannot be read \(No such file or directory\)") as error:
        build_index([tmp_path / "gone.esp"], tmp_path / "index.sqlite")
    assert str(error.value).count("gone.esp") == 1


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.esp")
    with pytest.raises(GameDataError, match="it is no regular file"):
        build_index([tmp_path / "pipe.esp"], tmp_path / "index.sqlite")


def test_the_later_of_two_equal_ids_counts(tmp_path: Path) -> None:
    cups = [encode(b"MISC", {"id": "cup", "name": name}) for name in ("Cup", "Mug")]
    index = Index(tmp_path, ("base.esm", plugin(cups)))
    assert index.rows("SELECT name FROM record") == [("Mug",)]
    [fault] = index.faults()
    assert '"cup" is in this file twice: the later one counts' in fault


def test_references_to_nothing_are_reported_and_kept(tmp_path: Path) -> None:
    door = place(2, "door", to_x=1.0, to_y=2.0, to_z=3.0, to_pitch=0.0, to_roll=0.0, to_yaw=0.0, to_cell="Nowhere")
    doors = [encode(b"DOOR", {"id": "door"}), encode_cell(ROOM, [place(1, "ghost"), door])]
    index = Index(tmp_path, ("base.esm", plugin(doors)))
    assert index.rows("SELECT count(*) FROM reference") == [(2,)]
    first, second = index.faults()
    assert 'its reference to "ghost" leads to no record' in first
    assert 'a door leads to "nowhere", which is no cell' in second


def test_a_text_of_another_code_page_is_reported(tmp_path: Path) -> None:
    text = encode(b"BOOK", {"id": "b", "text": "ђурђевак"}, "cp1251")
    index = Index(tmp_path, ("base.esm", plugin([text])), code_page="cp1252")
    [fault] = index.faults()
    assert "it has bytes that are not of the code page: check game_data.code_page" in fault
    assert "\ufffd" in index.rows("SELECT fields FROM record")[0][0]


def test_a_file_that_changes_while_it_is_read_fails_and_leaves_the_last_index(tmp_path: Path) -> None:
    file, index = tmp_path / "base.esm", tmp_path / "index.sqlite"
    file.write_bytes(BASE)
    build_index([file], index)
    before = index.read_bytes()
    large = plugin([encode(b"BOOK", {"id": str(number), "text": "x" * 50_000}) for number in range(60)])
    file.write_bytes(large)

    def change(done: int, _total: int) -> None:
        if done < len(large):
            file.write_bytes(large[:-1] + b"\1")

    with pytest.raises(GameDataError, match="it has changed while it was read"):
        build_index([file], index, on_progress=change)
    assert index.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base.esm", "index.sqlite"]


def test_an_index_that_cannot_be_written_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "base.esm").write_bytes(BASE)
    (tmp_path / "file").touch()
    with pytest.raises(GameDataError, match=r"it cannot be written .* name another with game_data\.index"):
        build_index([tmp_path / "base.esm"], tmp_path / "file" / "index.sqlite")


@pytest.mark.parametrize("files", [0, 256])
def test_the_number_of_files_is_bounded(tmp_path: Path, files: int) -> None:
    with pytest.raises(GameDataError, match="1 to 255 game files"):
        build_index([tmp_path / "a.esm"] * files, tmp_path / "index.sqlite")


def test_the_test_land_is_without_faults(land: bytes, tmp_path: Path) -> None:
    index = Index(tmp_path, ("land.omwaddon", land))
    assert index.faults() == []
    assert index.rows("SELECT name FROM record WHERE key = 'dulnea ralaal'") == [("Dulnea Ralaal",)]

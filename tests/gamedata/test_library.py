"""The index answers what an id means: names, texts, owners, destinations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from timmy_actors.errors import GameDataError
from timmy_actors.gamedata import Library
from timmy_actors.gamedata.library import Remembered
from tools.test_land import load_scene


@pytest.fixture(scope="module")
def library(land_index: Path) -> Iterator[Library]:
    opened = Library(land_index)
    yield opened
    opened.close()


def test_ids_have_names_whatever_their_case(library: Library) -> None:
    assert library.name("Dulnea RALAAL") == "Dulnea Ralaal"
    assert library.name("inn_ledger") == "Ledger of the Eight Plates"
    assert library.name("mages guild") == "Mages Guild"
    assert library.name("no such thing") is None


def test_a_quest_has_a_name_and_a_text_for_each_stage(library: Library) -> None:
    assert library.quest_name("inn_ledger_errand") == "The Innkeeper's Ledger"
    assert library.stage_text("inn_ledger_errand", 30) == "I have the ledger. Dulnea Ralaal waits for it in Balmora."
    assert library.stage_text("inn_ledger_errand", 31) is None
    described = library.describe("inn_ledger_errand")
    assert described is not None
    assert (described.kind, list(described.stages)) == ("quest", ["10", "20", "30", "100"])


def test_a_person_is_described_with_its_place(library: Library) -> None:
    described = library.describe("arrille")
    assert described is not None
    assert (described.name, described.kind, described.fields["class"]) == ("Arrille", "npc", "Trader")
    assert [place.cell for place in described.places] == ["Seyda Neen, Arrille's Tradehouse"]


def test_a_book_is_described_with_its_text(library: Library) -> None:
    described = library.describe("inn_ledger")
    assert described is not None
    assert described.text is not None
    assert described.text.startswith("Rooms let")


def test_a_cell_is_described_with_its_doors(library: Library) -> None:
    described = library.describe("balmora, eight plates")
    assert described is not None
    assert (described.id, described.kind) == ("Balmora, Eight Plates", "cell")
    assert [(door.unique_index, door.to) for door in described.doors] == [("107012-0", "-3, -2")]


def test_a_unique_index_is_described_as_its_record(library: Library) -> None:
    described = library.describe("103004-0")
    assert described is not None
    assert (described.id, described.places[0].owner) == ("crate_03", "Dulnea Ralaal")
    assert library.describe("999999-0") is None
    assert library.describe("nothing") is None


def test_doors_and_owners_are_known_by_cell_and_unique_index(library: Library) -> None:
    assert library.placed["-3, -2"]["107011-0"] == ("Balmora, Eight Plates", None)
    assert library.placed["-2, -10"]["103004-0"] == (None, "Dulnea Ralaal")
    assert library.placed["Balmora, Guild of Mages"]["105003-0"] == (None, "Mages Guild")
    assert library.placed["-2, -9"]["103001-0"] is None
    assert library.placed["-3, -2"]["0-12"] is None


def test_records_are_looked_up_by_a_part_of_their_name(library: Library) -> None:
    matches = library.look_up("eight plates")
    assert {match.id for match in matches.matches} == {"inn_ledger", "balmora, eight plates"}
    assert library.look_up("Arrille").matches[0].id == "arrille"
    assert library.look_up("e", 3).truncated
    assert library.look_up("100%_").matches == ()


def test_what_is_no_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database at all, but some words that are long enough for a page")
    with pytest.raises(GameDataError, match="cannot be read"):
        Library(tmp_path / "text")
    with pytest.raises(GameDataError, match="cannot be read"):
        Library(tmp_path / "none")


def test_what_is_remembered_is_bounded() -> None:
    keys = list[int]()

    def find(key: int) -> int:
        keys.append(key)
        return -key

    remembered = Remembered(find, most=3)
    assert [remembered[key] for key in (1, 2, 1, 3, 4)] == [-1, -2, -1, -3, -4]
    assert keys == [1, 2, 3, 4]
    assert remembered.known == {4: -4}


def test_the_ground_around_a_cell_has_the_heights_of_the_files(library: Library) -> None:
    ground = library.terrain(-2, -9, 1)
    assert [(cell.x, cell.y) for cell in ground.cells] == [(x, y) for y in (-10, -9, -8) for x in (-3, -2, -1)]
    height = load_scene().height
    for cell in ground.cells:
        for row, column in ((0, 0), (3, 11), (15, 15)):
            at = cell.x * 8192 + 256 + 512 * column, cell.y * 8192 + 256 + 512 * row
            assert abs(cell.heights[row * 16 + column] - height(f"{cell.x}, {cell.y}", *at, 0.0)) <= 16


def test_cells_that_the_files_do_not_have_are_missing_from_the_ground(library: Library) -> None:
    assert library.terrain(500, 500, 4).cells == ()

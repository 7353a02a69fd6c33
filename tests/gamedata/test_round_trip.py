"""What `tools/plugin_writer` writes is read back equal: every kind of record, with every declared field."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gamedata.plugins import read
from timmy_actors.gamedata.decoding import Cell, Reference
from timmy_actors.gamedata.fields import Field, Layout, Mark, Numbers, Raw, Text
from timmy_actors.gamedata.schema import RECORDS, REFERENCE
from tools.plugin_writer import COMPANIONS, encode, encode_cell, encode_land, plugin

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=12)
CHARACTERS = "".join(bytes([byte]).decode("cp1252", "ignore") for byte in range(1, 256))
BOUNDS = {
    "b": (-128, 127), "B": (0, 255), "h": (-(2**15), 2**15 - 1), "H": (0, 2**16 - 1), "i": (-(2**31), 2**31 - 1),
    "I": (0, 2**32 - 1), "Q": (0, 2**64 - 1),
}  # fmt: skip
FLOATS = (0.0, -1.5, 2.0**100, -(2.0**-100), float("inf"))
DECODABLE = sorted(set(RECORDS) - {b"CELL"})


class Generator:
    """Random values for the fields of records: Hypothesis chooses the seed, which is faster than every number."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def record(self, tag: bytes, *, lists: int) -> dict[str, Any]:
        """Values for every field of a record; its lists have this length."""
        return self._fields(RECORDS[tag].fields.values(), lists)

    def reference(self) -> dict[str, Any]:
        """Values for every field of a reference."""
        return self._fields(REFERENCE.fields.values(), 1)

    def _fields(self, fields: Iterable[Field], lists: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for field in fields:
            values |= self._field(field, lists)
        return {name: value for name, value in values.items() if value != []}

    def _field(self, field: Field, lists: int) -> dict[str, Any]:
        match field:
            case Text(name, True):
                return {name: [self._text() for _ in range(lists)]}
            case Text(name):
                return {name: self._text()}
            case Raw(name, size):
                return {name: self._random.randbytes(size or self._random.randrange(64))}
            case Mark(name):
                return {name: True} if self._random.random() < 1 / 2 else {}
            case Numbers(layouts, into) if into:
                return {into: [self._numbers(layouts[0]) for _ in range(lists)]}
            case Numbers(layouts):
                return self._numbers(layouts[0])

    def _numbers(self, layout: Layout) -> dict[str, Any]:
        codes = iter(_codes(layout))
        values: dict[str, Any] = {}
        for name, length in layout.names:
            items = [self._number(*next(codes)) for _ in range(length)]
            values[name] = items[0] if length == 1 else items
        return values

    def _number(self, code: str, size: int) -> int | float | str:
        if code == "s":
            return self._text()[:size]
        if code == "f":
            return self._random.choice(FLOATS)
        low, high = BOUNDS[code]
        return self._random.choice((low, high, self._random.randint(low, high)))

    def _text(self) -> str:
        return "".join(self._random.choices(CHARACTERS, k=self._random.randint(1, 20)))


def _codes(layout: Layout) -> list[tuple[str, int]]:
    """The kind and size of each item of a layout: `("f", 1)`, `("s", 32)`."""
    codes, count = list[tuple[str, int]](), ""
    for character in layout.format.format.lstrip("<"):
        if character.isdigit():
            count += character
            continue
        repeats = int(count or 1)
        codes += [("s", repeats)] if character == "s" else [(character, 1)] * (repeats if character != "x" else 0)
        count = ""
    return codes


@pytest.mark.parametrize("tag", DECODABLE)
@given(seed=SEEDS, lists=st.integers(0, 3))
@FEW
def test_a_record_is_read_as_it_was_written(tag: bytes, seed: int, lists: int) -> None:
    values = Generator(seed).record(tag, lists=lists)
    assert read(encode(tag, values)) == [(tag, values)]


def test_lists_that_stand_in_pairs_are_of_declared_records() -> None:
    assert all({first, second} <= set(RECORDS[tag].fields) for (tag, first), second in COMPANIONS.items())


@given(SEEDS, st.integers(0, 4), st.booleans())
@FEW
def test_a_cell_is_read_with_its_references(seed: int, count: int, is_interior: bool) -> None:
    generator, name = Generator(seed), "A Room"
    references = [generator.reference() for _ in range(count)]
    values = {"name": name, "flags": int(is_interior), "x": 3, "y": -4, "region": "Bitter Coast"}
    moved = {references[0]["number"]: (5, -6)} if references else {}
    [(_, cell)] = read(encode_cell(values, references, moved))
    assert isinstance(cell, Cell)
    assert cell.values == values
    assert [_written(reference) for reference in cell.references] == references
    assert [reference.moved_to for reference in cell.references] == [moved.get(each["number"]) for each in references]


def _written(reference: Reference) -> dict[str, Any]:
    return {"number": reference.master << 24 | reference.number, **reference.values}


@pytest.mark.parametrize(
    ("code_page", "text"), [("cp1250", "Wyłącznie żółć"), ("cp1251", "Книга дорог"), ("cp1252", "Où est-il?")]
)
def test_a_text_is_read_in_the_code_page_that_it_was_written_in(code_page: str, text: str) -> None:
    [(_, values)] = read(encode(b"BOOK", {"id": "b", "text": text}, code_page), code_page)
    assert values == {"id": "b", "text": text}


def test_a_plugin_begins_with_its_masters() -> None:
    [(tag, header), _] = read(plugin([encode(b"STAT", {"id": "rock"})], author="Jiub", masters=["a.esm", "b.esm"]))
    assert tag == b"TES3"
    assert isinstance(header, dict)
    assert (header["author"], header["masters"], header["records"]) == ("Jiub", ["a.esm", "b.esm"], 1)


def test_the_terrain_keeps_its_heights_to_half_a_step() -> None:
    heights = [1000 + 20.0 * row - 13.0 * column for row in range(65) for column in range(65)]
    [(_, values)] = read(encode_land(1, 2, heights))
    assert isinstance(values, dict)
    assert len(values["heights"]) == 4232

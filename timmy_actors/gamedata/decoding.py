"""From a record's bytes to its values, by the declarations of `schema.py`."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from timmy_actors.errors import GameDataError
from timmy_actors.gamedata.faults import BrokenRecordError
from timmy_actors.gamedata.fields import Field, Values
from timmy_actors.gamedata.framing import Record, printable, subrecords
from timmy_actors.gamedata.schema import CELL, INTERIOR, RECORDS, REFERENCE, RecordType

CODE_PAGES = ("cp1250", "cp1251", "cp1252")
OWN_FILE = 0
"""The number of a reference's file that means the file itself."""
_INDEX_BITS, _INDEX_MASK = 24, 0xFFFFFF
_MOVED = struct.Struct("<I")
_TARGET = struct.Struct("<ii")


class Texts:
    """Decodes texts in a code page, and notes those that are not of it."""

    def __init__(self, code_page: str = "cp1252") -> None:
        if code_page not in CODE_PAGES:
            raise GameDataError(f"no code page {code_page!r}: there are {', '.join(CODE_PAGES)}")
        self._decode = codecs.lookup(code_page).decode
        self.undecodable = 0

    def __call__(self, data: bytes) -> str:
        """The text; bytes without a character become U+FFFD."""
        try:
            return self._decode(data)[0]
        except UnicodeDecodeError:
            self.undecodable += 1
            return self._decode(data, "replace")[0]


@dataclass
class Reference:
    """A thing in a cell. `master` says whose it is: OWN_FILE, or the number of a master from 1."""

    master: int
    number: int
    values: Values
    moved_to: tuple[int, int] | None = None
    """The exterior cell that it was moved to."""


@dataclass
class Cell:
    """A cell and its references."""

    values: Values
    references: list[Reference] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What identifies it: `-3, -2`, or an interior's name in lower case. TES3MP names cells so."""
        return cell_key(self.values)


def cell_key(values: Values) -> str:
    """What identifies the cell with these values."""
    if values["flags"] & INTERIOR:
        return str(values["name"]).lower()
    return exterior_key(values["x"], values["y"])


def exterior_key(x: int, y: int) -> str:
    """What identifies an exterior cell, as TES3MP writes it."""
    return f"{x}, {y}"


def decode(record: Record, texts: Texts) -> Values:
    """The values of a record other than a cell.

    Raises:
        BrokenRecordError: its content is wrong, or what identifies it is missing.
    """
    declared = RECORDS[record.tag]
    values: Values = {}
    for tag, data in subrecords(record.body):
        reader = declared.fields.get(tag)
        if reader is not None:
            _read(reader, tag, data, values, texts)
    _require_key(declared, values)
    return values


def decode_cell(record: Record, texts: Texts) -> Cell:
    """A cell with its references.

    Raises:
        BrokenRecordError: its content is wrong.
    """
    parts = subrecords(record.body)
    values: Values = {"name": ""}
    first = _read_until_reference(parts, values, texts)
    if "flags" not in values:
        raise BrokenRecordError("its DATA is missing")
    return Cell(values, list(_references(first, parts, texts)))


def _read_until_reference(
    parts: Iterator[tuple[bytes, bytes]], values: Values, texts: Texts
) -> tuple[bytes, bytes] | None:
    """Read a cell's own values; returns the first subrecord of its references."""
    for tag, data in parts:
        if tag in (b"FRMR", b"MVRF"):
            return tag, data
        reader = CELL.fields.get(tag)
        if reader is not None:
            _read(reader, tag, data, values, texts)
    return None


def _references(
    first: tuple[bytes, bytes] | None, parts: Iterator[tuple[bytes, bytes]], texts: Texts
) -> Iterator[Reference]:
    reference: Reference | None = None
    moving, moved_to = False, None
    fields, tag_data = REFERENCE.fields, first
    while tag_data is not None:
        tag, data = tag_data
        if tag == b"MVRF":
            moving, moved_to = True, None
        elif moving and tag == b"CNDT":
            moved_to = _target(data)
        elif tag == b"FRMR":
            if reference is not None:
                yield reference
            reference, moving, moved_to = _begin(data, moved_to), False, None
        elif reference is not None and not moving:
            reader = fields.get(tag)
            if reader is not None:
                _read(reader, tag, data, reference.values, texts)
        tag_data = next(parts, None)
    if reference is not None:
        yield reference


def _begin(data: bytes, moved_to: tuple[int, int] | None) -> Reference:
    if len(data) < _MOVED.size:
        raise BrokenRecordError(f"FRMR has {len(data)} bytes, not {_MOVED.size}")
    number = _MOVED.unpack_from(data)[0]
    return Reference(number >> _INDEX_BITS, number & _INDEX_MASK, {}, moved_to)


def _target(data: bytes) -> tuple[int, int]:
    if len(data) < _TARGET.size:
        raise BrokenRecordError(f"CNDT has {len(data)} bytes, not {_TARGET.size}")
    x, y = _TARGET.unpack_from(data)
    return x, y


def _read(reader: Field, tag: bytes, data: bytes, values: Values, texts: Texts) -> None:
    try:
        reader.read(data, values, texts)
    except BrokenRecordError as error:
        raise BrokenRecordError(f"{printable(tag)}: {error.reason}") from None


def _require_key(declared: RecordType, values: Values) -> None:
    if declared.key in ("land", "path_grid"):
        if "x" not in values:
            raise BrokenRecordError("its cell is missing")
    elif values.get(declared.key) in (None, "") and declared.kind != "header":
        raise BrokenRecordError(f"its {declared.key} is missing")

"""The index's tables, and the rows of a plugin's records in them. A later file's row replaces an earlier one's."""

from __future__ import annotations

import itertools
import json
import math
import sqlite3
from typing import Any

from timmy_actors.gamedata.decoding import Cell, Reference, cell_key, exterior_key
from timmy_actors.gamedata.fields import Values
from timmy_actors.gamedata.schema import INTERIOR, JOURNAL

CELL_SIZE = 8192
"""The side of an exterior cell, in game units."""
FORMAT = 2
"""Changes with the tables: an index in another format is built again."""
TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE file (number INTEGER PRIMARY KEY, name TEXT, bytes INTEGER);
CREATE TABLE fault (file TEXT, record TEXT, offset INTEGER, reason TEXT, count INTEGER);
CREATE TABLE record (
    kind TEXT, key TEXT, id TEXT, name TEXT, file INTEGER, fields TEXT, deleted INTEGER, UNIQUE (kind, key));
CREATE TABLE cell (
    number INTEGER PRIMARY KEY, key TEXT UNIQUE, name TEXT, interior INTEGER, x INTEGER, y INTEGER, region TEXT,
    file INTEGER, deleted INTEGER);
CREATE TABLE reference (
    origin INTEGER, number INTEGER, cell INTEGER, key TEXT, x REAL, y REAL, z REAL, yaw REAL, to_cell TEXT,
    to_x REAL, to_y REAL, to_z REAL, to_yaw REAL, owner TEXT, faction TEXT, lock_level INTEGER, opens_with TEXT,
    count INTEGER, file INTEGER, offset INTEGER, deleted INTEGER, PRIMARY KEY (origin, number, cell)) WITHOUT ROWID;
CREATE TABLE info (
    position INTEGER PRIMARY KEY, topic TEXT, key TEXT, previous TEXT, stage INTEGER, is_name INTEGER, text TEXT,
    actor TEXT, file INTEGER, fields TEXT, deleted INTEGER, UNIQUE (topic, key));
CREATE TABLE land (x INTEGER, y INTEGER, heights BLOB, deleted INTEGER, PRIMARY KEY (x, y));
CREATE TABLE path_grid (x INTEGER, y INTEGER, cell TEXT, nodes BLOB, edges BLOB, deleted INTEGER,
    PRIMARY KEY (x, y, cell));
"""
INDEXES = """
CREATE INDEX record_by_key ON record (key);
CREATE INDEX reference_by_cell ON reference (cell);
CREATE INDEX reference_by_key ON reference (key);
"""
_INSERTS = {
    "record": "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?)",
    "cell": "INSERT INTO cell VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET"
    " name = coalesce(nullif(excluded.name, ''), name), region = coalesce(excluded.region, region),"
    " file = excluded.file, deleted = excluded.deleted",
    "reference": "INSERT OR REPLACE INTO reference VALUES"
    " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "info": "INSERT INTO info VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (topic, key) DO UPDATE SET"
    " previous = excluded.previous, stage = excluded.stage, is_name = excluded.is_name, text = excluded.text,"
    " actor = excluded.actor, file = excluded.file, fields = excluded.fields, deleted = excluded.deleted",
    "land": "INSERT OR REPLACE INTO land VALUES (?, ?, ?, ?)",
    "path_grid": "INSERT OR REPLACE INTO path_grid VALUES (?, ?, ?, ?, ?, ?)",
}
_WITH_DELETED = ("record", "cell", "reference", "info", "land", "path_grid")
BATCH = 4_000
"""Rows written at once: memory stays small, and SQLite's calls few."""


def define(connection: sqlite3.Connection, statements: str) -> None:
    """Create the tables, or once they are filled their indexes."""
    for statement in statements.split(";"):  # `executescript` would end the transaction
        connection.execute(statement)


class Tables:
    """Writes the rows of the index, in batches, into tables that exist."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _INSERTS}
        self._cells: dict[str, int] = {}
        self._numbers = itertools.count(1)

    def put_record(self, kind: str, key: str, values: Values, file: int) -> None:
        """Add a record that things or people are made of."""
        ident, name = values.pop("id", key), values.pop("name", "")
        deleted = values.pop("deleted", False)
        fields = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_jsonable)
        self._put("record", (kind, key, ident, name, file, fields, deleted))

    def put_info(self, topic: str, topic_type: int, values: Values, file: int) -> None:
        """Add a line of dialogue or an entry of the journal."""
        text, deleted = values.pop("text", ""), values.pop("deleted", False)
        key, previous, actor = values.pop("id").lower(), values.pop("previous", ""), values.pop("actor", "")
        stage = values.pop("disposition", 0) if topic_type == JOURNAL else None
        is_name = values.pop("is_name", False)
        fields = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        row = (topic, key, previous.lower(), stage, is_name, text, actor.lower(), file, fields, deleted)
        self._put("info", row)

    def put_cell(self, cell: Cell, origins: list[int], offset: int) -> None:
        """Add a cell and its references. `origins` are the numbers of the file itself and of its masters, in order."""
        values, file = cell.values, origins[0]
        number = self._put_cell(values, file)
        moved = [(origin_of(each, origins), each.number) for each in cell.references if each.master]
        if moved:  # whatever cell an earlier file put it into
            self.flush("reference")
            self._connection.executemany("DELETE FROM reference WHERE origin = ? AND number = ?", moved)
        rows = self._rows["reference"]
        for reference in cell.references:
            to = number if reference.moved_to is None else self._exterior(*reference.moved_to, file)
            rows.append(_reference_row(reference, origin_of(reference, origins), to, file, offset))
        if len(rows) >= BATCH:
            self.flush("reference")

    def put_land(self, values: Values) -> None:
        """Add the terrain of an exterior cell."""
        self._put("land", (values["x"], values["y"], values.get("heights"), values.get("deleted", False)))

    def put_path_grid(self, values: Values) -> None:
        """Add the path grid of a cell."""
        blobs = values.get("nodes", b""), values.get("edges", b"")
        cell = values.get("cell", "").lower()
        interior = (values["x"], values["y"]) == (0, 0) and cell in self._cells  # else the name is that of a region
        self._put(
            "path_grid",
            (values["x"], values["y"], cell if interior else "", *blobs, values.get("deleted", False)),
        )

    def finish(self) -> None:
        """Write what is left, and remove what a later file deleted."""
        self.flush()
        for table in _WITH_DELETED:
            self._connection.execute(f"DELETE FROM {table} WHERE deleted")  # noqa: S608  a table of the list above

    def flush(self, *tables: str) -> None:
        """Write the rows of some tables, or of all."""
        for table in tables or self._rows:
            rows = self._rows[table]
            if rows:
                self._connection.executemany(_INSERTS[table], rows)
                rows.clear()

    def _put(self, table: str, row: tuple[Any, ...]) -> None:
        rows = self._rows[table]
        rows.append(row)
        if len(rows) >= BATCH:
            self.flush(table)

    def _put_cell(self, values: Values, file: int) -> int:
        key = cell_key(values)
        number = self._cells.setdefault(key, 0) or next(self._numbers)
        self._cells[key] = number
        interior = bool(values["flags"] & INTERIOR)
        row = (number, key, values["name"], interior, values["x"], values["y"], values.get("region"), file)
        self._put("cell", (*row, values.get("deleted", False)))
        return number

    def _exterior(self, x: int, y: int, file: int) -> int:
        known = self._cells.get(exterior_key(x, y))
        return known or self._put_cell({"name": "", "flags": 0, "x": x, "y": y}, file)


def origin_of(reference: Reference, origins: list[int]) -> int:
    """The number of the file that added a reference; one of a master that the file does not have is its own."""
    return origins[reference.master] if reference.master < len(origins) else origins[0]


def _reference_row(reference: Reference, origin: int, cell: int, file: int, offset: int) -> tuple[Any, ...]:
    values = {name: value for name, value in reference.values.items() if _is_possible(value)}
    get = values.get
    to_x, to_y, to_cell = get("to_x"), get("to_y"), get("to_cell")
    if to_x is not None and to_y is not None and not to_cell:
        to_cell = exterior_key_at(to_x, to_y)
    return (
        origin, reference.number, cell, get("id", "").lower(), get("x"), get("y"), get("z"), get("yaw"),
        None if to_cell is None else to_cell.lower(), to_x, to_y, get("to_z"), get("to_yaw"), get("owner"),
        get("faction"), get("lock_level"), get("key"), get("count", 1), file, offset, get("deleted", False),
    )  # fmt: skip


def _is_possible(value: object) -> bool:
    """Whether a value is no infinity and no NaN, from which nothing can be computed."""
    return not isinstance(value, float) or math.isfinite(value)


def exterior_key_at(x: float, y: float) -> str | None:
    """The exterior cell at a position; None: the position is no number."""
    if not (math.isfinite(x) and math.isfinite(y)):
        return None
    return exterior_key(math.floor(x / CELL_SIZE), math.floor(y / CELL_SIZE))


def _jsonable(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)

"""Reading plugins whole, and building the test land, for the tests."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from timmy_actors.gamedata import build_index
from timmy_actors.gamedata.decoding import Cell, Texts, decode, decode_cell
from timmy_actors.gamedata.fields import Values
from timmy_actors.gamedata.framing import Record, RecordReader


def records_of(data: bytes) -> list[Record]:
    """All records of a file's bytes."""
    reader = RecordReader()
    records = list(reader.receive(data))
    reader.close()
    return records


def read(data: bytes, code_page: str = "cp1252") -> list[tuple[bytes, Values | Cell]]:
    """All records of a file's bytes, decoded."""
    texts = Texts(code_page)
    return [
        (record.tag, decode_cell(record, texts) if record.tag == b"CELL" else decode(record, texts))
        for record in records_of(data)
    ]


class Index:
    """An index of files, built in a folder."""

    def __init__(self, folder: Path, *files: tuple[str, bytes], code_page: str = "cp1252") -> None:
        self.path = folder / "index.sqlite"
        self.files = [folder / name for name, _ in files]
        for name, data in files:
            (folder / name).write_bytes(data)
        build_index(self.files, self.path, code_page=code_page)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def faults(self) -> list[str]:
        """The faults, as sentences."""
        return [
            f"{record} at {offset}: {reason}"
            for record, offset, reason in self.rows("SELECT record, offset, reason FROM fault")
        ]

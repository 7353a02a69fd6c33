"""Reads one plugin, in the order of the load order, into the index's tables."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from timmy_actors.errors import GameDataError
from timmy_actors.gamedata.decoding import Texts, decode, decode_cell
from timmy_actors.gamedata.faults import MAX_REASON, BrokenRecordError, Fault, Faults, TruncatedError
from timmy_actors.gamedata.fields import Values
from timmy_actors.gamedata.framing import Record, RecordReader, printable
from timmy_actors.gamedata.schema import RECORDS
from timmy_actors.gamedata.tables import Tables

CHUNK_BYTES = 1024 * 1024


class LeftOutError(GameDataError):
    """A file can't be used at all; the message does not name it."""


class Plugin:
    """Adds a plugin's records to the tables. A broken record is left out with a fault; the rest is used.

    Args:
        number: its place in the load order, from 1.
        loaded: the numbers of the files before it, by name in lower case.
    """

    def __init__(
        self, path: Path, number: int, *, loaded: dict[str, int], tables: Tables, faults: Faults, code_page: str
    ) -> None:
        self._path = path
        self._number = number
        self._loaded = loaded
        self._tables = tables
        self._faults = faults
        self._texts = Texts(code_page)
        self._origins = [number]
        self._topic: tuple[str, int] | None = None
        self._seen: set[tuple[str, ...]] = set()
        self._first = True

    def read(self, on_bytes: Callable[[int], None]) -> str:
        """Read the file; `on_bytes` learns how much was read. Returns the SHA-256 of what was read.

        Raises:
            LeftOutError: it is no plugin, cannot be opened, or a master is missing before it.
        """
        try:
            with self._path.open("rb") as file:
                return self.read_from(file, on_bytes)
        except OSError as error:
            raise LeftOutError(f"it cannot be read ({error.strerror})") from None

    def read_from(self, file: BinaryIO, on_bytes: Callable[[int], None]) -> str:
        """As `read`, from an open file."""
        digest, reader, broken = hashlib.sha256(), RecordReader(), False
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            on_bytes(len(chunk))
            if not broken:
                broken = not self._receive(reader.receive(chunk))
        if not broken:
            self._receive(_closing(reader))
        if self._first:
            raise LeftOutError("it is no plugin: its first record is not TES3")
        return digest.hexdigest()

    def _receive(self, records: Iterator[Record]) -> bool:
        """Add records; False: the file can't be read on."""
        try:
            for record in records:
                self._add(record)
        except TruncatedError as error:
            self._fault(error.record, error.offset, error.reason)
            return False
        return True

    def _add(self, record: Record) -> None:
        if self._first:
            self._begin(record)
            return
        if record.tag not in RECORDS:
            self._fault(printable(record.tag), record.offset, "this record is unknown: it is skipped")
            return
        undecodable = self._texts.undecodable
        try:
            self._put(record)
        except BrokenRecordError as error:
            self._fault(
                printable(record.tag), record.offset + error.position, f"{error.reason}: the record is left out"
            )
        if self._texts.undecodable > undecodable:
            reason = "it has bytes that are not of the code page: check game_data.code_page"
            self._fault(printable(record.tag), record.offset, reason)

    def _begin(self, record: Record) -> None:
        if record.tag != b"TES3":
            raise LeftOutError("it is no plugin: its first record is not TES3")
        try:
            masters = decode(record, self._texts).get("masters", [])
        except BrokenRecordError as error:
            raise LeftOutError(f"record TES3, byte {error.position}: {error.reason}") from None
        missing = [master for master in masters if master.lower() not in self._loaded]
        if missing:
            raise LeftOutError(f"record TES3, byte 0: its master {_quoted(missing[0])} is not loaded before it")
        self._origins += [self._loaded[master.lower()] for master in masters]
        self._first = False

    def _put(self, record: Record) -> None:
        if record.tag == b"CELL":
            self._tables.put_cell(decode_cell(record, self._texts), self._origins, record.offset)
            return
        values, kind = decode(record, self._texts), RECORDS[record.tag].kind
        match kind:
            case "header":
                raise BrokenRecordError("a second header")
            case "land":
                self._tables.put_land(values)
            case "path_grid":
                self._tables.put_path_grid(values)
            case "info":
                self._put_info(record, values)
            case _:
                key = str(values[RECORDS[record.tag].key]).lower()
                self._note_duplicate((kind, key), record)
                if kind == "dialogue":
                    self._topic = (key, values.get("type", 0))
                self._tables.put_record(kind, key, values, self._number)

    def _put_info(self, record: Record, values: Values) -> None:
        if self._topic is None:
            raise BrokenRecordError("no DIAL stands before it")
        topic, topic_type = self._topic
        self._note_duplicate(("info", topic, values["id"].lower()), record)
        self._tables.put_info(topic, topic_type, values, self._number)

    def _note_duplicate(self, key: tuple[str, ...], record: Record) -> None:
        if key in self._seen:
            reason = f"{json.dumps(key[-1])} is in this file twice: the later one counts"
            self._fault(printable(record.tag), record.offset, reason, "duplicate")
        self._seen.add(key)

    def _fault(self, record: str, offset: int, reason: str, kind: str | None = None) -> None:
        self._faults.add(Fault(str(self._path), record, offset, reason), kind)


def _quoted(name: str) -> str:
    """A name out of a file, without control characters; quoted only if it has to be."""
    return name if name.isprintable() and len(name) < MAX_REASON else json.dumps(name[:MAX_REASON])


def _closing(reader: RecordReader) -> Iterator[Record]:
    reader.close()
    yield from ()


def hash_file(path: Path, on_bytes: Callable[[int], None] = lambda _: None) -> str:
    """A file's SHA-256; empty where it can't be read.

    Raises:
        GameDataError: it is no regular file.
    """
    digest = hashlib.sha256()
    if path.exists() and not path.is_file():
        raise GameDataError(f"{path}: it is no regular file")  # a pipe would never end
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
                on_bytes(len(chunk))
    except OSError:
        return ""
    return digest.hexdigest()

"""Backup and verification of a journal, and the check of its write-ahead log."""

from __future__ import annotations

import os
import sqlite3
import struct
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from timmy_actors.errors import JournalUnusableError
from timmy_actors.journal import rows
from timmy_actors.journal.files import EX_CANTCREAT, EX_IOERR, beside, explain
from timmy_actors.journal.reader import PAGE, Reader

HEADER, FRAME_HEADER = struct.Struct(">8I"), struct.Struct(">6I")
MAGIC_LITTLE, MAGIC_BIG = 0x377F0682, 0x377F0683
"""The byte order of the checksums' words."""
CHECKED_OF_HEADER, CHECKED_OF_FRAME = 24, 8
"""The number of bytes of each that the checksum covers."""
_WORD = 0xFFFFFFFF


CHECKS, BETWEEN_CHECKS_S = 3, 0.05
"""A log counts as damaged only if each check finds the damage: a daemon may be writing it during a check."""


@dataclass(frozen=True)
class WalFault:
    """The position of the damage in a write-ahead log."""

    frame: int
    """The first damaged frame, from 1; 0 is the log's header."""
    frames: int
    """The number of frames."""

    def __str__(self) -> str:
        where = f"at frame {self.frame} of {self.frames}" if self.frame else "at its beginning"
        return f"its write-ahead log is damaged {where}: the commands written after that point are lost"


def find_fault(journal: Path) -> WalFault | None:
    """Find damage in a journal's write-ahead log. Returns None if it is intact or does not exist.

    An unfinished last transaction is no damage: its process was killed, and the transaction was never confirmed.

    Raises:
        OSError: the log exists but cannot be read.
    """
    try:
        log = beside(journal)[0].read_bytes()
    except FileNotFoundError:
        return None
    return _fault_in(log)


def _fault_in(log: bytes) -> WalFault | None:
    if len(log) < HEADER.size:
        return None  # it has just been created
    magic, _, page_size, _, *salt, first, second = HEADER.unpack_from(log)
    order = {MAGIC_LITTLE: "<", MAGIC_BIG: ">"}.get(magic)
    if order is None or _continued(order, log[:CHECKED_OF_HEADER], (0, 0)) != (first, second):
        return WalFault(0, 0)
    size = FRAME_HEADER.size + page_size
    frames = [log[start : start + size] for start in range(HEADER.size, len(log) - size + 1, size)]
    good = _count_good(order, frames, salt, (first, second))
    lost = [number for number in range(good, len(frames)) if _ends_a_transaction(frames[number], salt)]
    return WalFault(good + 1, lost[-1] + 1) if lost else None


def _ends_a_transaction(frame: bytes, salt: list[int]) -> bool:
    _, pages_after, *fields = FRAME_HEADER.unpack_from(frame)
    return pages_after > 0 and fields[:2] == salt


def _count_good(order: str, frames: list[bytes], salt: list[int], sums: tuple[int, int]) -> int:
    for number, frame in enumerate(frames):
        fields = list(FRAME_HEADER.unpack_from(frame))
        sums = _continued(order, frame[:CHECKED_OF_FRAME] + frame[FRAME_HEADER.size :], sums)
        if fields[2:4] != salt or fields[4:] != list(sums):
            return number
    return len(frames)


def _continued(order: str, data: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    first, second = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & _WORD
        second = (second + odd + first) & _WORD
    return first, second


def verify_journal(path: Path) -> Iterator[str]:
    """Check a journal's log, pages, rows and clock; yields one line per fault.

    The write-ahead log is checked first, because SQLite silently drops the content after damage in it.

    Raises:
        JournalUnusableError: there is no journal, or it cannot be read.
    """
    fault = _lasting_fault(path)
    if fault is not None:
        yield str(fault)
    with Reader(path, untouched=fault is not None) as reader:
        try:
            yield from _wrong_pages(reader.database)
            yield from _wrong_rows(reader.database)
        except sqlite3.Error as error:
            raise explain(path, error) from error


def backup_journal(path: Path, copy: Path) -> int:
    """Copy a journal into one new file, also while a daemon writes it. Returns the number of commands in the copy.

    Raises:
        JournalUnusableError: there is no journal, it cannot be read, or the copy exists or cannot be written.
    """
    with Reader(path) as reader:
        _create(copy)
        try:
            with closing(sqlite3.connect(copy, isolation_level=None)) as target:
                reader.database.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")  # no log beside it: the copy is a single file
                return int(target.execute("SELECT COUNT(*) FROM command").fetchone()[0])
        except sqlite3.Error as error:
            copy.unlink()
            raise explain(copy, error) from error


def _create(copy: Path) -> None:
    try:
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise JournalUnusableError(
            f"{copy}: is there already: name a file that does not exist", EX_CANTCREAT
        ) from error
    except OSError as error:
        reason = f"{copy}: cannot be created ({error.strerror}): name a file in a folder that you can write to"
        raise JournalUnusableError(reason, EX_IOERR) from error


def _lasting_fault(path: Path) -> WalFault | None:
    try:
        fault = find_fault(path)
        for _ in range(CHECKS - 1):
            if fault is None:
                return None
            time.sleep(BETWEEN_CHECKS_S)
            again = find_fault(path)
            fault = again if again is not None and again.frame == fault.frame else None
    except OSError as error:
        raise JournalUnusableError(
            f"journal {path}: its write-ahead log cannot be read ({error.strerror}): check its permissions",
            66,
        ) from error
    return fault


def _wrong_pages(database: sqlite3.Connection) -> Iterator[str]:
    for (result,) in database.execute("PRAGMA integrity_check").fetchall():
        if result != "ok":
            yield str(result)


def _wrong_rows(database: sqlite3.Connection) -> Iterator[str]:
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version < rows.CHECKSUMS_SINCE:
        yield "it was written by an earlier version, which stored no checksums: the next start of a daemon adds them"
        return
    database.text_factory = lambda raw: raw.decode(errors="surrogateescape")  # a damaged text may be invalid UTF-8
    clock = database.execute(rows.SELECT_CLOCK).fetchone()
    if not _is_clock(clock):
        yield "its clock, which determines the age of commands: is not as it was written"
    number = -1
    one_page = f"{rows.as_of(version, rows.SELECT_STORED)} WHERE number > ? ORDER BY number LIMIT {PAGE}"
    while page := database.execute(one_page, (number,)).fetchall():
        for number, *stored in page:
            if not rows.is_sealed(tuple(stored)):
                yield f"command {number} (id {stored[1]!r}): is not as it was written"


def _is_clock(row: rows.Row | None) -> bool:
    if row is None:
        return False
    try:
        rows.from_clock_row(row)
    except ValueError:
        return False
    return True

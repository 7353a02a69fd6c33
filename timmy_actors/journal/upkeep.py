"""What an operator does with a journal: look whether all of it is as it was written, and copy it whole."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from timmy_actors.errors import JournalUnusable
from timmy_actors.journal import rows
from timmy_actors.journal.reading import PAGE, Reader
from timmy_actors.journal.trouble import EX_CANTCREAT, EX_IOERR, explain
from timmy_actors.journal.wal import WalFault, find_fault

LOOKS, BETWEEN_LOOKS_S = 3, 0.05
"""A log is damaged if it is so each time: a daemon may be writing it while it is looked at."""


def verify(path: Path) -> Iterator[str]:
    """Check everything in a journal; gives what is wrong, a line each, and nothing where nothing is.

    The write-ahead log comes first: SQLite drops what stands behind a damaged place in it without a word.

    Raises:
        JournalUnusable: there is no journal, or it cannot be read at all.
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


def backup(path: Path, copy: Path) -> int:
    """Copy a journal whole, also while a daemon writes it, into one new file; gives how many commands are in the copy.

    Raises:
        JournalUnusable: there is no journal, it cannot be read, or the copy is there already or cannot be written.
    """
    with Reader(path) as reader:
        _make_new(copy)
        try:
            with closing(sqlite3.connect(copy, isolation_level=None)) as target:
                reader.database.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")  # no log beside it: the copy is this one file
                return int(target.execute("SELECT COUNT(*) FROM command").fetchone()[0])
        except sqlite3.Error as error:
            copy.unlink()
            raise explain(copy, error) from error


def _make_new(copy: Path) -> None:
    try:
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise JournalUnusable(f"{copy}: is there already: name a file that is not", EX_CANTCREAT) from error
    except OSError as error:
        told = f"{copy}: cannot be made ({error.strerror}): name a file where you may write"
        raise JournalUnusable(told, EX_IOERR) from error


def _lasting_fault(path: Path) -> WalFault | None:
    try:
        fault = find_fault(path)
        for _ in range(LOOKS - 1):
            if fault is None:
                return None
            time.sleep(BETWEEN_LOOKS_S)
            again = find_fault(path)
            fault = again if again is not None and again.frame == fault.frame else None
    except OSError as error:
        raise JournalUnusable(f"journal {path}: its write-ahead log cannot be read ({error.strerror})", 66) from error
    return fault


def _wrong_pages(database: sqlite3.Connection) -> Iterator[str]:
    for (told,) in database.execute("PRAGMA integrity_check").fetchall():
        if told != "ok":
            yield str(told)


def _wrong_rows(database: sqlite3.Connection) -> Iterator[str]:
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version < rows.CHECKSUMS_SINCE:
        yield "it was written by an earlier version, which kept no checksums: the next start of a daemon adds them"
        return
    database.text_factory = lambda raw: raw.decode(errors="surrogateescape")  # a damaged text may be no UTF-8
    clock = database.execute(rows.SELECT_CLOCK).fetchone()
    if not _is_clock(clock):
        yield "its clock, by which commands are forgotten: is not as it was written"
    number = -1
    one_page = f"{rows.as_of(version, rows.SELECT_KEPT)} WHERE number > ? ORDER BY number LIMIT {PAGE}"
    while page := database.execute(one_page, (number,)).fetchall():
        for number, *kept in page:
            if not rows.is_sealed(tuple(kept)):
                yield f"command {number} (id {kept[1]!r}): is not as it was written"


def _is_clock(row: rows.Row | None) -> bool:
    if row is None:
        return False
    try:
        rows.from_clock_row(row)
    except ValueError:
        return False
    return True

"""A journal as it is read beside the daemon that writes it, or without one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from timmy_actors.errors import JournalUnusableError
from timmy_actors.journal import rows
from timmy_actors.journal.files import EX_DATAERR, EX_IOERR, MOVE_AWAY, beside, explain, wal_bytes
from timmy_actors.protocol import JournalEntry

EX_NOINPUT = 66
BUSY_TIMEOUT_S = 2.0
PAGE = 200
"""Commands read at once: between two pages nothing is held, however slowly they are taken, so that SQLite can empty
its write-ahead log."""


class Reader:
    """Reads, and never writes: a daemon may write the same file meanwhile.

    With `untouched` a copy is read, so that even SQLite changes nothing: not what a log holds that is damaged.

    Raises:
        JournalUnusableError: there is no journal, or it cannot be read. Every method too.
    """

    def __init__(self, path: Path, *, untouched: bool = False) -> None:
        self.path = path
        self._untouched = untouched
        if not path.is_file():
            remedy = "name it with --file, or the daemon's configuration with --config"
            raise JournalUnusableError(f"journal {path}: there is none: {remedy}", EX_NOINPUT)
        self._held = ExitStack()
        try:
            self._database = self._open()
            found = self._database.execute("PRAGMA application_id").fetchone()[0]
        except sqlite3.Error as error:
            self.close()
            raise explain(path, error) from error
        if found != rows.APPLICATION_ID:
            self.close()
            raise JournalUnusableError(f"journal {path}: it is no journal: {MOVE_AWAY}", EX_DATAERR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        self._held.close()

    @property
    def database(self) -> sqlite3.Connection:
        """The open file, for whoever looks below the entries."""
        return self._database

    def newest(self, most: int) -> list[tuple[int, JournalEntry]]:
        """The last `most` commands with their numbers, the oldest of them first."""
        return self._rows("ORDER BY number DESC LIMIT ?", (most,))[::-1]

    def after(self, number: int) -> Iterator[tuple[int, JournalEntry]]:
        """The commands with a higher number, one after the other; what is accepted meanwhile comes too."""
        while page := self._rows("WHERE number > ? ORDER BY number LIMIT ?", (number, PAGE)):
            yield from page
            number = page[-1][0]

    def named(self, command_id: str) -> list[JournalEntry]:
        """Every client's command of that id."""
        if not _is_text(command_id):
            return []
        return [entry for _, entry in self._rows("WHERE id = ? ORDER BY number", (command_id,))]

    def _open(self) -> sqlite3.Connection:
        if self._untouched:
            return self._connect(self._copied(), "mode=rw")
        if os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK):
            # Not mode=ro: the first reader after a daemon's end has the write-ahead log to take in.
            return self._connect(self.path, "mode=rw")
        try:
            return self._connect(self.path, "mode=ro")  # this suffices beside a daemon, whose shared memory is there
        except sqlite3.OperationalError:
            if not wal_bytes(self.path):
                return self._connect(self.path, "mode=ro&immutable=1")
            return self._connect(self._copied(), "mode=rw")

    def _connect(self, path: Path, how: str) -> sqlite3.Connection:
        database = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", timeout=BUSY_TIMEOUT_S, uri=True)
        try:
            database.execute("PRAGMA query_only = 1")
            database.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()  # only this opens the files
        except sqlite3.Error:
            database.close()
            raise
        self._held.callback(database.close)
        return database

    def _copied(self) -> Path:
        """A copy with its log, which SQLite needs to write beside before it can read it."""
        try:
            folder = Path(self._held.enter_context(tempfile.TemporaryDirectory(prefix="timmy-journal-")))
            copy = folder / "journal"
            shutil.copyfile(self.path, copy)
            if wal_bytes(self.path):
                shutil.copyfile(beside(self.path)[0], beside(copy)[0])
        except OSError as error:
            told = f"it is read from a copy, and none can be made ({error.strerror}): make room for one, or set TMPDIR"
            raise JournalUnusableError(f"journal {self.path}: {told}", EX_IOERR) from error
        return copy

    def _rows(self, which: str, values: rows.Row) -> list[tuple[int, JournalEntry]]:
        try:
            version = self._database.execute("PRAGMA user_version").fetchone()[0]
            found = self._database.execute(f"{rows.as_of(version, rows.SELECT)} {which}", values).fetchall()
            return [(number, rows.from_row(tuple(row))) for number, *row in found]
        except sqlite3.Error as error:
            raise explain(self.path, error) from error
        except ValueError as error:
            raise JournalUnusableError(
                f"journal {self.path}: it is damaged ({error}): {MOVE_AWAY}", EX_DATAERR
            ) from error


def _is_text(word: str) -> bool:
    """Whether it can be looked for at all: a terminal may give bytes that are no UTF-8."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True

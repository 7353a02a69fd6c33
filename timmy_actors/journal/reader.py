"""Reads a journal, beside the daemon that writes it or without one."""

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
"""Commands read at once. No read transaction is open between two pages, so that a slow caller does not keep SQLite
from emptying its write-ahead log."""


class Reader:
    """Reads a journal without writing; a daemon may write the same file at the same time.

    With `untouched` it reads a copy, so that SQLite does not change a damaged write-ahead log.

    Raises:
        JournalUnusableError: there is no journal, or it cannot be read. Every method raises it too.
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
            application = self._database.execute("PRAGMA application_id").fetchone()[0]
        except sqlite3.Error as error:
            self.close()
            raise explain(path, error) from error
        if application != rows.APPLICATION_ID:
            self.close()
            raise JournalUnusableError(f"journal {path}: it is not a journal: {MOVE_AWAY}", EX_DATAERR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._held.close()

    @property
    def database(self) -> sqlite3.Connection:
        """The open database, for direct checks of its pages and rows."""
        return self._database

    def newest(self, most: int) -> list[tuple[int, JournalEntry]]:
        """The last `most` commands with their numbers, in ascending order."""
        return self._rows("ORDER BY number DESC LIMIT ?", (most,))[::-1]

    def after(self, number: int) -> Iterator[tuple[int, JournalEntry]]:
        """Yield the commands with a higher number in order, including those accepted during the iteration."""
        while page := self._rows("WHERE number > ? ORDER BY number LIMIT ?", (number, PAGE)):
            yield from page
            number = page[-1][0]

    def named(self, command_id: str) -> list[JournalEntry]:
        """The commands with this id, of all clients."""
        if not _is_utf8(command_id):
            return []
        return [entry for _, entry in self._rows("WHERE id = ? ORDER BY number", (command_id,))]

    def _open(self) -> sqlite3.Connection:
        if self._untouched:
            return self._connect(self._copied(), "mode=rw")
        if os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK):
            # Not mode=ro: the first reader after the daemon has ended must recover the write-ahead log.
            return self._connect(self.path, "mode=rw")
        try:
            return self._connect(self.path, "mode=ro")  # suffices beside a daemon, which has created the shared memory
        except sqlite3.OperationalError:
            if not wal_bytes(self.path):
                return self._connect(self.path, "mode=ro&immutable=1")
            return self._connect(self._copied(), "mode=rw")

    def _connect(self, path: Path, how: str) -> sqlite3.Connection:
        database = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", timeout=BUSY_TIMEOUT_S, uri=True)
        try:
            database.execute("PRAGMA query_only = 1")
            database.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()  # only a query opens the files
        except sqlite3.Error:
            database.close()
            raise
        self._held.callback(database.close)
        return database

    def _copied(self) -> Path:
        """Copy the journal and its log to a writable folder: SQLite must write beside a log to read it."""
        try:
            folder = Path(self._held.enter_context(tempfile.TemporaryDirectory(prefix="timmy-journal-")))
            copy = folder / "journal"
            shutil.copyfile(self.path, copy)
            if wal_bytes(self.path):
                shutil.copyfile(beside(self.path)[0], beside(copy)[0])
        except OSError as error:
            reason = f"cannot create the copy to read ({error.strerror}): make room for it, or set TMPDIR"
            raise JournalUnusableError(f"journal {self.path}: {reason}", EX_IOERR) from error
        return copy

    def _rows(self, which: str, values: rows.Row) -> list[tuple[int, JournalEntry]]:
        try:
            version = self._database.execute("PRAGMA user_version").fetchone()[0]
            records = self._database.execute(f"{rows.as_of(version, rows.SELECT)} {which}", values).fetchall()
            return [(number, rows.from_row(tuple(row))) for number, *row in records]
        except sqlite3.Error as error:
            raise explain(self.path, error) from error
        except ValueError as error:
            raise JournalUnusableError(
                f"journal {self.path}: it is damaged ({error}): {MOVE_AWAY}", EX_DATAERR
            ) from error


def _is_utf8(text: str) -> bool:
    """Whether SQLite can compare it: a terminal may pass bytes that are not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

"""A journal as it is read beside the daemon that writes it, or without one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from timmy_actors.errors import JournalUnusable
from timmy_actors.journal import rows
from timmy_actors.journal.trouble import EX_DATAERR, MOVE_AWAY, explain
from timmy_actors.model.journal import JournalEntry

EX_NOINPUT = 66
BUSY_TIMEOUT_S = 2.0


class Reader:
    """Reads, and never writes: a daemon may write the same file meanwhile.

    Raises:
        JournalUnusable: there is no journal, or it cannot be read. Every method too.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            remedy = "name it with --file, or the daemon's configuration with --config"
            raise JournalUnusable(f"journal {path}: there is none: {remedy}", EX_NOINPUT)
        try:
            # Not mode=ro: the first reader after a daemon's end has the write-ahead log to take in.
            self._database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", timeout=BUSY_TIMEOUT_S, uri=True)
            self._database.execute("PRAGMA query_only = 1")
            found = self._database.execute("PRAGMA application_id").fetchone()[0]
        except sqlite3.Error as error:
            raise explain(path, error) from error
        if found != rows.APPLICATION_ID:
            self.close()
            raise JournalUnusable(f"journal {path}: it is no journal: {MOVE_AWAY}", EX_DATAERR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        self._database.close()

    def newest(self, most: int) -> list[tuple[int, JournalEntry]]:
        """The last `most` commands with their numbers, the oldest of them first."""
        return list(self._rows("ORDER BY number DESC LIMIT ?", (most,)))[::-1]

    def after(self, number: int) -> Iterator[tuple[int, JournalEntry]]:
        """The commands with a higher number, one after the other."""
        return self._rows("WHERE number > ? ORDER BY number", (number,))

    def named(self, command_id: str) -> list[JournalEntry]:
        """Every client's command of that id."""
        if not _is_text(command_id):
            return []
        return [entry for _, entry in self._rows("WHERE id = ? ORDER BY number", (command_id,))]

    def _rows(self, which: str, values: rows.Row) -> Iterator[tuple[int, JournalEntry]]:
        columns = rows.SELECT.replace("SELECT ", "SELECT number, ", 1)
        try:
            for number, *row in self._database.execute(f"{columns} {which}", values):
                yield number, rows.from_row(tuple(row))
        except sqlite3.Error as error:
            raise explain(self.path, error) from error
        except ValueError as error:
            raise JournalUnusable(f"journal {self.path}: it is damaged ({error}): {MOVE_AWAY}", EX_DATAERR) from error


def _is_text(word: str) -> bool:
    """Whether it can be looked for at all: a terminal may give bytes that are no UTF-8."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True

"""The journal's file: accepted, sent, settled, each within a transaction that the caller commits."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeAlias

from timmy_actors.errors import JournalUnusable
from timmy_actors.journal import rows
from timmy_actors.journal.trouble import ELSEWHERE, EX_CANTCREAT, EX_DATAERR, EX_IOERR, MOVE_AWAY, explain
from timmy_actors.model.journal import JournalEntry

Synchronous: TypeAlias = Literal["normal", "full"]

BUSY_TIMEOUT_S = 0.5
"""How long somebody else's lock is waited for: a reader's never lasts, a writer is none of ours."""
PAGES_TO_FREE = 256
"""Pages given back to the file system at once: a megabyte, in a few milliseconds."""
MAX_WAL_BYTES = 4 * 1024 * 1024
"""What the write-ahead log keeps of its size after a checkpoint."""


class Journal:
    """An open journal. One thread opens and uses it; others, and other processes, may read the file meanwhile.

    Everything that is written since the last `commit` becomes durable with the next, at the price of one: with
    `synchronous` "normal" it survives the process, with "full" the machine's power as well.

    Raises:
        JournalUnusable: the file is locked, damaged, another program's, or cannot be made or written. Every method too.
    """

    def __init__(self, path: Path, synchronous: Synchronous = "normal") -> None:
        self.path = path
        _make_private(path)
        with self._explained():
            self._database = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            with self._explained():
                self._prepare(synchronous)
        except JournalUnusable:
            self._database.close()
            raise

    def accept(self, entry: JournalEntry) -> JournalEntry | None:
        """Take a command in, unless one of that id was before: then that one's entry is what is returned.

        One that came to nothing for sure (see `JournalEntry.may_be_tried_again`) makes room for the new one.
        """
        known = self.find(entry.client, entry.id)
        if known is None:
            self._write(rows.INSERT, rows.to_row(entry))
        elif known.may_be_tried_again:
            self._write(rows.UPDATE, (*rows.to_row(entry), entry.client, entry.id))
            return None
        return known

    def record(self, entry: JournalEntry) -> None:
        """Replace what is known of a command that was accepted; one that is not there, or settled, stays as it is."""
        self._write(f"{rows.UPDATE} AND settled_at IS NULL", (*rows.to_row(entry), entry.client, entry.id))

    def find(self, client: str, command_id: str) -> JournalEntry | None:
        """A command's entry, if there is one."""
        found = self._read(f"{rows.SELECT} WHERE client = ? AND id = ?", (client, command_id))
        return found[0] if found else None

    def unsettled(self, client: str) -> list[JournalEntry]:
        """The commands of which it is not known what became, the oldest first."""
        return self._read(f"{rows.SELECT} WHERE client = ? AND settled_at IS NULL ORDER BY number", (client,))

    def commit(self) -> None:
        """Make everything so far durable."""
        if self._database.in_transaction:
            with self._explained():
                self._database.execute("COMMIT")

    def forget_before(self, settled_before: float, most: int) -> int:
        """Forget up to `most` of the oldest commands that were settled before that time (UTC seconds); how many."""
        return self._forget("settled_at < ?", settled_before, most)

    def forget_oldest(self, most: int) -> int:
        """Forget up to `most` of the oldest settled commands; how many."""
        return self._forget("settled_at IS NOT ?", None, most)

    def count(self) -> int:
        """How many commands there are."""
        with self._explained():
            return int(self._database.execute("SELECT COUNT(*) FROM command").fetchone()[0])

    def bytes_used(self) -> int:
        """How much of the file is used by them."""
        with self._explained():
            pages, free, size = (
                self._database.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        return int((pages - free) * size)

    def give_back(self) -> None:
        """Give room that is not used any more back to the file system, a part at a time. Outside a transaction."""
        with self._explained():  # not execute: that ends after one page
            self._database.executescript(f"PRAGMA incremental_vacuum({PAGES_TO_FREE})")

    def close(self) -> None:
        """Let the file go; what was not committed is lost."""
        try:
            self._database.close()
        except sqlite3.Error as error:
            raise explain(self.path, error) from error

    def _prepare(self, synchronous: Synchronous) -> None:
        execute = self._database.execute
        execute("PRAGMA auto_vacuum = INCREMENTAL")
        execute("PRAGMA journal_mode = WAL")
        execute(f"PRAGMA synchronous = {synchronous}")
        execute(f"PRAGMA journal_size_limit = {MAX_WAL_BYTES}")
        execute("BEGIN IMMEDIATE")
        self._make_or_check_table()
        execute("COMMIT")
        self._check_pages()

    def _make_or_check_table(self) -> None:
        execute = self._database.execute
        application, version = (execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
        tables = execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
        if (application, version, tables) == (0, 0, 0):
            for statement in rows.TABLE.split(";"):
                execute(statement)
            execute(f"PRAGMA application_id = {rows.APPLICATION_ID}")
            execute(f"PRAGMA user_version = {rows.VERSION}")
        elif application != rows.APPLICATION_ID:
            raise JournalUnusable(f"journal {self.path}: it is another program's database: {MOVE_AWAY}", EX_DATAERR)
        elif version != rows.VERSION:
            raise JournalUnusable(
                f"journal {self.path}: it is of version {version}, this daemon writes {rows.VERSION}: {MOVE_AWAY}",
                EX_DATAERR,
            )

    def _check_pages(self) -> None:
        # A damaged file must not be found out about only when it is needed.
        with self._explained():
            told = self._database.execute("PRAGMA quick_check(1)").fetchone()[0]
        if told != "ok":
            raise JournalUnusable(f"journal {self.path}: it is damaged ({told}): {MOVE_AWAY}", EX_DATAERR)

    def _forget(self, which: str, value: float | None, most: int) -> int:
        oldest = f"SELECT number FROM command WHERE {which} AND settled_at IS NOT NULL ORDER BY number LIMIT ?"  # noqa: S608
        return self._write(f"DELETE FROM command WHERE number IN ({oldest})", (value, most))  # noqa: S608

    def _write(self, statement: str, values: rows.Row) -> int:
        with self._explained():
            if not self._database.in_transaction:
                self._database.execute("BEGIN IMMEDIATE")
            return self._database.execute(statement, values).rowcount

    def _read(self, statement: str, values: rows.Row) -> list[JournalEntry]:
        with self._explained():
            found = self._database.execute(statement, values).fetchall()
        try:
            return [rows.from_row(row) for row in found]
        except ValueError as error:
            raise JournalUnusable(f"journal {self.path}: it is damaged ({error}): {MOVE_AWAY}", EX_DATAERR) from error

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise explain(self.path, error) from error


def _make_private(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        code, remedy = (
            (EX_IOERR, "make room there") if error.errno == errno.ENOSPC else (EX_CANTCREAT, "see that it is yours")
        )
        raise JournalUnusable(
            f"journal {path}: it cannot be opened ({error.strerror}): {remedy}, {ELSEWHERE}", code
        ) from error

"""The journal's file: accepted, sent, settled, each within a transaction that the caller commits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeAlias

from timmy_actors.errors import JournalUnusableError
from timmy_actors.journal import rows
from timmy_actors.journal.files import EX_DATAERR, MOVE_AWAY, explain, free_bytes, make_private, wal_bytes
from timmy_actors.journal.rows import JournalClock
from timmy_actors.protocol import JournalEntry

Synchronous: TypeAlias = Literal["normal", "full"]

BUSY_TIMEOUT_S = 0.5
"""How long somebody else's lock is waited for: a reader's never lasts, a writer is none of ours."""
PAGES_TO_FREE = 256
"""Pages given back to the file system at once: a megabyte, in a few milliseconds."""
MAX_WAL_BYTES = 4 * 1024 * 1024
"""What the write-ahead log keeps of its size after a checkpoint."""
SMALL_WAL_BYTES = 64 * 1024
WAL_PART_OF_FREE = 1 / 4
"""On a nearly full disk the log is taken into the file when it has outgrown this part of what is free, and the size
above: a command takes some 16 KB of log and 0.5 KB of file, so the log must not be what fills the disk."""


class Journal:
    """An open journal. One thread opens and uses it; others, and other processes, may read the file meanwhile.

    Everything that is written since the last `commit` becomes durable with the next, at the price of one: with
    `synchronous` "normal" it survives the process, with "full" the machine's power as well.

    Raises:
        JournalUnusableError: the file is locked, damaged, another program's, or cannot be made or written. Every
            method too.
    """

    def __init__(self, path: Path, synchronous: Synchronous = "normal") -> None:
        self.path = path
        self._log_held_at = 0
        make_private(path)
        with self._explained():
            self._database = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            with self._explained():
                self._prepare(synchronous)
        except JournalUnusableError:
            self._database.close()
            raise

    def accept(self, entry: JournalEntry) -> JournalEntry | None:
        """Take a command in, unless one of that id was before: then that one's entry is what is returned.

        One that came to nothing for sure (see `JournalEntry.may_be_tried_again`) makes room for the new one.
        """
        known = self.find(entry.client, entry.id)
        if known is None:
            self._write(rows.INSERT, self._kept(entry))
        elif known.may_be_tried_again:
            self._write(rows.UPDATE, (*self._kept(entry), entry.client, entry.id))
            return None
        return known

    def record(self, entry: JournalEntry) -> None:
        """Replace what is known of a command that was accepted; one that is not there, or settled, stays as it is."""
        self._write(f"{rows.UPDATE} AND settled_at IS NULL", (*self._kept(entry), entry.client, entry.id))

    def find(self, client: str, command_id: str) -> JournalEntry | None:
        """A command's entry, if there is one."""
        found = self._read(f"{rows.SELECT_KEPT} WHERE client = ? AND id = ?", (client, command_id))
        return found[0] if found else None

    def unsettled(self, client: str) -> list[JournalEntry]:
        """The commands of which it is not known what became, the oldest first."""
        return self._read(f"{rows.SELECT_KEPT} WHERE client = ? AND settled_at IS NULL ORDER BY number", (client,))

    def commit(self) -> None:
        """Make everything so far durable."""
        if self._database.in_transaction:
            with self._explained():
                self._database.execute("COMMIT")

    def keep_log_small(self, most_bytes: int = MAX_WAL_BYTES) -> None:
        """After a commit: take the write-ahead log into the file where it is larger than that, or could fill a disk."""
        size = self.wal_bytes()
        if size <= SMALL_WAL_BYTES:
            self._log_held_at = 0
            return
        grown = size - self._log_held_at  # one that a reader holds is tried again when there is more of it
        if grown > most_bytes or grown > free_bytes(self.path) * WAL_PART_OF_FREE:
            self._log_held_at = 0 if self.checkpoint() else size

    def forget_older(self, keep_s: float, most: int) -> int:
        """Forget up to `most` of the oldest commands that were settled more than `keep_s` seconds ago; how many.

        Age is counted by the journal's own clock (see `age`), which no jump of the wall clock moves.
        """
        with self._explained():
            self._begin()
            self._wind_clock()
        return self._forget("settled_age < ?", self._clock.age_s - keep_s, most)

    def forget_oldest(self, most: int) -> int:
        """Forget up to `most` of the oldest settled commands; how many."""
        return self._forget("settled_at IS NOT ?", None, most)

    def count(self) -> int:
        """How many commands there are."""
        with self._explained():
            return int(self._database.execute("SELECT COUNT(*) FROM command").fetchone()[0])

    def wal_bytes(self) -> int:
        """How large the write-ahead log is."""
        return wal_bytes(self.path)

    def checkpoint(self) -> bool:
        """Take the write-ahead log into the file and empty it, unless a reader needs it. Outside a transaction.

        Returns:
            Whether it is empty now.
        """
        with self._explained():
            self._database.execute("PRAGMA busy_timeout = 0")  # a reader may take long: the next try comes soon
            try:
                busy, _, _ = self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self._database.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000:.0f}")
        return not busy

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
        self._wind_clock()  # this also shows that something can be written
        execute("COMMIT")
        self._check_pages()
        self.checkpoint()  # what fills the disk may be an earlier daemon's log

    def _make_or_check_table(self) -> None:
        execute = self._database.execute
        application, version = (execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
        tables = execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
        if (application, version, tables) == (0, 0, 0):
            self._run(rows.TABLE + rows.CLOCK_TABLE)
            execute(f"PRAGMA application_id = {rows.APPLICATION_ID}")
            execute(f"PRAGMA user_version = {rows.VERSION}")
        elif application != rows.APPLICATION_ID:
            raise JournalUnusableError(
                f"journal {self.path}: it is another program's database: {MOVE_AWAY}", EX_DATAERR
            )
        elif version == 1:
            self._from_version_1()
        elif version == 2:
            self._run(f"{rows.FROM_VERSION_2} PRAGMA user_version = {rows.VERSION}")
        elif version != rows.VERSION:
            raise JournalUnusableError(
                f"journal {self.path}: it is of version {version}, this daemon writes {rows.VERSION}: {MOVE_AWAY}",
                EX_DATAERR,
            )

    def _from_version_1(self) -> None:
        self._run(rows.CLOCK_TABLE + rows.FROM_VERSION_1 + rows.FROM_VERSION_2)
        self._database.create_function("seal", -1, rows.seal, deterministic=True)
        self._run(f"{rows.SEAL}; PRAGMA user_version = {rows.VERSION}")

    def _run(self, statements: str) -> None:
        # Not executescript, which commits first.
        for statement in statements.split(";"):
            self._database.execute(statement)

    def _wind_clock(self) -> None:
        now = rows.now()
        row = self._database.execute(rows.SELECT_CLOCK).fetchone()
        try:
            kept = rows.from_clock_row(row) if row else JournalClock(0.0, now)
        except ValueError as error:
            raise self._damaged(error) from error
        self._clock = kept.advanced(now)
        self._database.execute(rows.REPLACE_CLOCK, rows.to_clock_row(self._clock))

    def _kept(self, entry: JournalEntry) -> rows.Row:
        return rows.to_kept(entry, self._clock.advanced(rows.now()).age_s if entry.settled else 0.0)

    def _check_pages(self) -> None:
        # A damaged file must not be found out about only when it is needed.
        with self._explained():
            told = self._database.execute("PRAGMA quick_check(1)").fetchone()[0]
        if told != "ok":
            raise self._damaged(told)

    def _forget(self, which: str, value: float | None, most: int) -> int:
        oldest = f"SELECT number FROM command WHERE {which} AND settled_at IS NOT NULL ORDER BY number LIMIT ?"  # noqa: S608
        return self._write(f"DELETE FROM command WHERE number IN ({oldest})", (value, most))  # noqa: S608

    def _write(self, statement: str, values: rows.Row) -> int:
        with self._explained():
            self._begin()
            return self._database.execute(statement, values).rowcount

    def _begin(self) -> None:
        if not self._database.in_transaction:
            self._database.execute("BEGIN IMMEDIATE")

    def _read(self, statement: str, values: rows.Row) -> list[JournalEntry]:
        with self._explained():
            found = self._database.execute(statement, values).fetchall()
        try:
            return [self._checked(kept) for _, *kept in found]
        except ValueError as error:
            raise self._damaged(error) from error

    def _damaged(self, why: object) -> JournalUnusableError:
        return JournalUnusableError(f"journal {self.path}: it is damaged ({why}): {MOVE_AWAY}", EX_DATAERR)

    def _checked(self, kept: list[Any]) -> JournalEntry:
        entry = rows.from_row(tuple(kept[: len(rows.COLUMNS)]))
        if not rows.is_sealed(tuple(kept)):
            raise ValueError(f"the checksum of {entry.id!r} does not fit; 'timmy-actors journal verify' lists them all")
        return entry

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise explain(self.path, error) from error

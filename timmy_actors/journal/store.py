"""The journal's database: writes entries in a transaction that the caller commits, and maintains the file."""

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
"""How long to wait for another program's lock: our readers hold none for long, and no other writer is ours."""
PAGES_TO_FREE = 256
"""Pages returned to the file system at once: a megabyte, in a few milliseconds."""
MAX_WAL_BYTES = 4 * 1024 * 1024
"""The size to which the write-ahead log is truncated after a checkpoint."""
SMALL_WAL_BYTES = 64 * 1024
WAL_SHARE_OF_FREE = 1 / 4
"""A log larger than this share of the free space, and than the size above, is checkpointed: a command takes about 16 KB
of log but 0.5 KB of file, so the log must not fill a nearly full disk."""


class Journal:
    """An open journal, used by one thread; other threads and processes may read the file at the same time.

    A `commit` makes all writes since the last one durable: with `synchronous` "normal" they survive the end of the
    process, with "full" also a power failure.

    Raises:
        JournalUnusableError: the file is locked, damaged, another program's, or cannot be created or written. Every
            method raises it too.
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
        """Store a command, unless one with its id exists: then return that entry.

        An entry that certainly had no effect (see `JournalEntry.may_be_tried_again`) is replaced by the new one.
        """
        if self._write(rows.INSERT, self._stored(entry)):
            return None
        known = self.find(entry.client, entry.id)
        if known is not None and known.may_be_tried_again:
            self._update(rows.UPDATE, entry)
            return None
        return known

    def record(self, entry: JournalEntry) -> None:
        """Update the entry of an unsettled command; a missing or settled one is not changed."""
        self._update(rows.UPDATE_UNSETTLED, entry)

    def find(self, client: str, command_id: str) -> JournalEntry | None:
        """A command's entry, or None."""
        entries = self._read(f"{rows.SELECT_STORED} WHERE client = ? AND id = ?", (client, command_id))
        return entries[0] if entries else None

    def unsettled(self, client: str) -> list[JournalEntry]:
        """The unsettled commands, the oldest first."""
        return self._read(f"{rows.SELECT_STORED} WHERE client = ? AND settled_at IS NULL ORDER BY number", (client,))

    @property
    def has_uncommitted(self) -> bool:
        """Whether there are writes since the last commit."""
        return self._database.in_transaction

    def commit(self) -> None:
        """Make all writes so far durable."""
        if self._database.in_transaction:
            try:
                self._database.execute("COMMIT")
            except sqlite3.Error as error:
                raise explain(self.path, error) from error

    def limit_log(self, most_bytes: int = MAX_WAL_BYTES) -> None:
        """After a commit: checkpoint the write-ahead log if it exceeds `most_bytes` or could fill the disk."""
        size = self.wal_bytes()
        if size <= SMALL_WAL_BYTES:
            self._log_held_at = 0
            return
        grown = size - self._log_held_at  # a log held by a reader is checkpointed again once it has grown
        if grown > most_bytes or grown > free_bytes(self.path) * WAL_SHARE_OF_FREE:
            self._log_held_at = 0 if self.checkpoint() else size

    def delete_older(self, keep_s: float, most: int) -> int:
        """Delete up to `most` of the oldest commands settled more than `keep_s` seconds ago. Returns their number.

        Age is measured by the journal's own clock (`JournalClock`), which jumps of the wall clock do not change.
        """
        with self._explained():
            self._begin()
            self._advance_clock()
        return self._delete("settled_age < ?", self._clock.age_s - keep_s, most)

    def delete_oldest(self, most: int) -> int:
        """Delete up to `most` of the oldest settled commands. Returns their number."""
        return self._delete("settled_at IS NOT ?", None, most)

    def count(self) -> int:
        """The number of commands."""
        with self._explained():
            return int(self._database.execute("SELECT COUNT(*) FROM command").fetchone()[0])

    def wal_bytes(self) -> int:
        """The size of the write-ahead log."""
        return wal_bytes(self.path)

    def checkpoint(self) -> bool:
        """Move the write-ahead log into the file and empty it, unless a reader needs it. Outside a transaction.

        Returns:
            Whether it is empty now.
        """
        with self._explained():
            self._database.execute("PRAGMA busy_timeout = 0")  # do not wait for a reader: the next attempt follows soon
            try:
                busy, _, _ = self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self._database.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000:.0f}")
        return not busy

    def bytes_used(self) -> int:
        """The size of the file without its free pages."""
        with self._explained():
            pages, free, size = (
                self._database.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        return int((pages - free) * size)

    def release_pages(self) -> None:
        """Return up to PAGES_TO_FREE free pages to the file system. Outside a transaction."""
        with self._explained():  # not `execute`, which stops after one page
            self._database.executescript(f"PRAGMA incremental_vacuum({PAGES_TO_FREE})")

    def close(self) -> None:
        """Close the file; uncommitted writes are lost."""
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
        self._create_or_check_tables()
        self._advance_clock()  # this also shows that the file is writable
        execute("COMMIT")
        self._check_pages()
        self.checkpoint()  # an earlier daemon's log may be what fills the disk

    def _create_or_check_tables(self) -> None:
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
                f"journal {self.path}: it has version {version}, this daemon writes {rows.VERSION}: {MOVE_AWAY}",
                EX_DATAERR,
            )

    def _from_version_1(self) -> None:
        self._run(rows.CLOCK_TABLE + rows.FROM_VERSION_1 + rows.FROM_VERSION_2)
        self._database.create_function("seal", -1, rows.seal, deterministic=True)
        self._run(f"{rows.SEAL}; PRAGMA user_version = {rows.VERSION}")

    def _run(self, statements: str) -> None:
        # Not `executescript`, which commits first.
        for statement in statements.split(";"):
            self._database.execute(statement)

    def _advance_clock(self) -> None:
        now = rows.now()
        row = self._database.execute(rows.SELECT_CLOCK).fetchone()
        try:
            written = rows.from_clock_row(row) if row else JournalClock(0.0, now)
        except ValueError as error:
            raise self._damaged(error) from error
        self._clock = written.advanced(now)
        self._database.execute(rows.REPLACE_CLOCK, rows.to_clock_row(self._clock))

    def _stored(self, entry: JournalEntry) -> rows.Row:
        return rows.to_stored(entry, self._clock.advanced(rows.now()).age_s if entry.settled else 0.0)

    def _update(self, statement: str, entry: JournalEntry) -> None:
        stored, key = self._stored(entry), len(rows.KEY)
        self._write(statement, (*stored[key:], *stored[:key]))

    def _check_pages(self) -> None:
        # Detects damage at the start instead of at a later lookup.
        with self._explained():
            result = self._database.execute("PRAGMA quick_check(1)").fetchone()[0]
        if result != "ok":
            raise self._damaged(result)

    def _delete(self, which: str, value: float | None, most: int) -> int:
        oldest = f"SELECT number FROM command WHERE {which} AND settled_at IS NOT NULL ORDER BY number LIMIT ?"  # noqa: S608
        return self._write(f"DELETE FROM command WHERE number IN ({oldest})", (value, most))  # noqa: S608

    def _write(self, statement: str, values: rows.Row) -> int:
        try:  # not `_explained`, which costs as much as the statement
            self._begin()
            return self._database.execute(statement, values).rowcount
        except sqlite3.Error as error:
            raise explain(self.path, error) from error

    def _begin(self) -> None:
        if not self._database.in_transaction:
            self._database.execute("BEGIN IMMEDIATE")

    def _read(self, statement: str, values: rows.Row) -> list[JournalEntry]:
        with self._explained():
            records = self._database.execute(statement, values).fetchall()
        try:
            return [self._checked(stored) for _, *stored in records]
        except ValueError as error:
            raise self._damaged(error) from error

    def _damaged(self, why: object) -> JournalUnusableError:
        return JournalUnusableError(f"journal {self.path}: it is damaged ({why}): {MOVE_AWAY}", EX_DATAERR)

    def _checked(self, stored: list[Any]) -> JournalEntry:
        entry = rows.from_row(tuple(stored[: len(rows.COLUMNS)]))
        if not rows.is_sealed(tuple(stored)):
            raise ValueError(
                f"the checksum of {entry.id!r} is wrong; 'timmy-actors journal verify' lists all such rows"
            )
        return entry

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise explain(self.path, error) from error

"""The journal's tables, and the conversion of entries to rows and back."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from timmy_actors.protocol import ErrorInfo, JournalEntry

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


APPLICATION_ID = 0x54494D4A
"""`TIMJ`, in the file's header: distinguishes a journal from another program's database."""
VERSION, CHECKSUMS_SINCE, REVISIONS_SINCE = 3, 2, 3
"""Version 1 had no checksums and no clock of its own, version 2 no revisions; a daemon upgrades them when it opens the
file."""
TABLE = """
CREATE TABLE command (
    number INTEGER PRIMARY KEY,
    client TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    arguments TEXT NOT NULL,
    state TEXT NOT NULL,
    accepted_at REAL NOT NULL,
    boot TEXT NOT NULL,
    accepted_ms INTEGER NOT NULL,
    deadline_ms INTEGER NOT NULL,
    due REAL NOT NULL,
    host TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    sent_at REAL,
    settled_at REAL,
    value TEXT,
    error TEXT,
    revision INTEGER,
    settled_age REAL,
    checksum INTEGER,
    UNIQUE (client, id)
);
CREATE INDEX unsettled ON command (client) WHERE settled_at IS NULL;
"""
CLOCK_TABLE = """
CREATE TABLE clock (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    age REAL NOT NULL,
    boot TEXT NOT NULL,
    boot_s REAL NOT NULL,
    wall_s REAL NOT NULL,
    checksum INTEGER NOT NULL
);
"""
SELECT_CLOCK = "SELECT age, boot, boot_s, wall_s, checksum FROM clock"
REPLACE_CLOCK = "INSERT OR REPLACE INTO clock VALUES (1, ?, ?, ?, ?, ?)"
FROM_VERSION_1 = """
ALTER TABLE command ADD COLUMN settled_age REAL;
ALTER TABLE command ADD COLUMN checksum INTEGER;
UPDATE command SET settled_age = 0.0 WHERE settled_at IS NOT NULL;
"""
"""An older journal's commands count as settled when its clock starts, so that none is deleted too early."""
FROM_VERSION_2 = "ALTER TABLE command ADD COLUMN revision INTEGER;"
COLUMNS = (
    "client", "id", "name", "arguments", "state", "accepted_at", "boot", "accepted_ms", "deadline_ms", "due", "host",
    "attempts", "epoch", "sent_at", "settled_at", "value", "error", "revision",
)  # fmt: skip
STORED = (*COLUMNS, "settled_age", "checksum")
"""The columns in the file: an entry's, the journal's age when it was settled, and the checksum over all of these."""
KEY = COLUMNS[:2]
SELECT = f"SELECT number, {', '.join(COLUMNS)} FROM command"  # noqa: S608  constant names
SELECT_STORED = f"SELECT number, {', '.join(STORED)} FROM command"  # noqa: S608
INSERT = f"INSERT INTO command ({', '.join(STORED)}) VALUES ({', '.join('?' * len(STORED))}) ON CONFLICT DO NOTHING"  # noqa: S608
CHANGED = STORED[len(KEY) :]
UPDATE = f"UPDATE command SET {', '.join(f'{column} = ?' for column in CHANGED)} WHERE client = ? AND id = ?"  # noqa: S608
"""Without the key, which does not change: SQLite would write its index again."""
UPDATE_UNSETTLED = f"{UPDATE} AND settled_at IS NULL"
SEAL = f"UPDATE command SET checksum = seal({', '.join(STORED[:-1])})"  # noqa: S608
Row: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True)
class Moment:
    """A reading of the host's clocks."""

    boot: str
    """The host's boot id; empty if the host has none."""
    boot_s: float
    """Seconds since that boot."""
    wall_s: float
    """Seconds since 1970 by the host's wall clock."""


@dataclass(frozen=True)
class JournalClock:
    """The journal's age in seconds at a moment."""

    age_s: float
    at: Moment

    def advanced(self, now: Moment) -> JournalClock:
        """The clock advanced to `now`.

        Within one boot, the boot clock counts. After a reboot (or on another machine) no clock is reliable, so the
        smaller of the time since the boot and the wall clock's difference counts.
        """
        if now.boot and now.boot == self.at.boot:
            passed_s = now.boot_s - self.at.boot_s
        else:
            passed_s = min(now.boot_s, now.wall_s - self.at.wall_s)
        return JournalClock(self.age_s + max(0.0, passed_s), now)


def now() -> Moment:
    """Read the host's clocks."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return Moment(_boot_id(), time.clock_gettime(clock), time.time())


@cache
def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:  # not Linux, or no /proc: then the wall clock limits the time counted
        return ""


def to_row(entry: JournalEntry) -> Row:
    """Convert an entry to a row in the order of `COLUMNS`."""
    return (
        entry.client, entry.id, entry.name, json.dumps(entry.arguments), entry.state, entry.accepted_at.timestamp(),
        entry.boot, entry.accepted_ms, entry.deadline_ms, entry.due, entry.host, entry.attempts, entry.epoch,
        _seconds(entry.sent_at), _seconds(entry.settled_at),
        None if entry.value is None else json.dumps(entry.value),
        None if entry.error is None else entry.error.model_dump_json(),
        entry.revision,
    )  # fmt: skip


def to_stored(entry: JournalEntry, age_s: float) -> Row:
    """Convert an entry to a row in the order of `STORED`; `age_s` is the journal's age now."""
    fields = (*to_row(entry), age_s if entry.settled else None)
    return (*fields, seal(*fields))


def as_of(version: int, select: str) -> str:
    """Adapt a `SELECT` to a journal of an older version that has not been upgraded."""
    return select if version >= REVISIONS_SINCE else select.replace(" revision", " NULL AS revision")


def seal(*fields: Any) -> int:
    """The checksum of an entry's fields in the order of `STORED`, without the checksum itself.

    An entry without a revision has the checksum of version 2, so that the rows of an older journal need not be written
    again, which would give damaged rows a valid checksum.
    """
    *before, revision, settled_age = fields
    return checksum((*before, settled_age) if revision is None else fields)


def is_sealed(stored: Row) -> bool:
    """Whether the checksum of a row in the order of `STORED` is correct."""
    *fields, written = stored
    return bool(seal(*fields) == written)


def checksum(fields: Sequence[Any]) -> int:
    """The checksum of a row's other fields: SQLite returns integers, floats, texts and NULL unchanged."""
    return zlib.crc32(repr(tuple(fields)).encode(errors="surrogateescape"))


def to_clock_row(clock: JournalClock) -> Row:
    """Convert the journal's clock to its row."""
    fields = (clock.age_s, clock.at.boot, clock.at.boot_s, clock.at.wall_s)
    return (*fields, checksum(fields))


def from_clock_row(row: Row) -> JournalClock:
    """Convert a row to the journal's clock.

    Raises:
        ValueError: its checksum is wrong.
    """
    *fields, written = row
    if checksum(fields) != written:
        raise ValueError("the checksum of its clock is wrong")
    age_s, *moment = fields
    return JournalClock(age_s, Moment(*moment))


def from_row(row: Row) -> JournalEntry:
    """Convert a row to an entry.

    Raises:
        ValueError: the row is invalid.
    """
    try:
        return _from_fields(dict(zip(COLUMNS, row, strict=True)))
    except (TypeError, OverflowError, OSError, RecursionError) as error:  # SQLite stores any type in any column
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _from_fields(fields: dict[str, Any]) -> JournalEntry:
    for key in ("accepted_at", "sent_at", "settled_at"):
        fields[key] = None if fields[key] is None else datetime.fromtimestamp(fields[key], UTC)
    fields["arguments"] = json.loads(fields["arguments"])
    fields["value"] = None if fields["value"] is None else json.loads(fields["value"])
    fields["error"] = None if fields["error"] is None else ErrorInfo.model_validate_json(fields["error"])
    return JournalEntry.model_validate(fields)


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()

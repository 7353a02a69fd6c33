"""The journal's table, and entries as its rows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, TypeAlias

from timmy_actors.model.journal import JournalEntry
from timmy_actors.model.outcome import ErrorInfo

APPLICATION_ID = 0x54494D4A
"""`TIMJ`, in the file's header: another program's database is not taken for a journal."""
VERSION = 1

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
    UNIQUE (client, id)
);
CREATE INDEX unsettled ON command (client) WHERE settled_at IS NULL;
"""

COLUMNS = (
    "client", "id", "name", "arguments", "state", "accepted_at", "boot", "accepted_ms", "deadline_ms", "due", "host",
    "attempts", "epoch", "sent_at", "settled_at", "value", "error",
)  # fmt: skip
SELECT = f"SELECT {', '.join(COLUMNS)} FROM command"  # noqa: S608  our own names
INSERT = f"INSERT INTO command ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
UPDATE = f"UPDATE command SET {', '.join(f'{column} = ?' for column in COLUMNS)} WHERE client = ? AND id = ?"  # noqa: S608

Row: TypeAlias = tuple[Any, ...]


def to_row(entry: JournalEntry) -> Row:
    """An entry, in the order of `COLUMNS`."""
    return (
        entry.client, entry.id, entry.name, json.dumps(entry.arguments), entry.state, entry.accepted_at.timestamp(),
        entry.boot, entry.accepted_ms, entry.deadline_ms, entry.due, entry.host, entry.attempts, entry.epoch,
        _seconds(entry.sent_at), _seconds(entry.settled_at),
        None if entry.value is None else json.dumps(entry.value),
        None if entry.error is None else entry.error.model_dump_json(),
    )  # fmt: skip


def from_row(row: Row) -> JournalEntry:
    """The entry of a row.

    Raises:
        ValueError: it was not written by this package.
    """
    try:
        return _from_fields(dict(zip(COLUMNS, row, strict=True)))
    except (TypeError, OverflowError, OSError, RecursionError) as error:  # SQLite keeps anything in any column
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

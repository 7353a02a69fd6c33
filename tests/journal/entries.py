"""Builds entries like those of the command actor."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from timmy_actors.protocol import ErrorInfo, JournalEntry

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def entry(key: str = "a", **changes: Any) -> JournalEntry:
    """An entry accepted at noon, when the server's clock showed 10 s."""
    fields = {
        "client": "timmy", "id": key, "name": "give_item", "arguments": {"player": "Timmy", "item": "gold_001"},
        "state": "accepted", "accepted_at": NOON, "boot": "boot-1", "accepted_ms": 10_000, "deadline_ms": 15_000,
        "due": 100.0, "host": "here",
    }  # fmt: skip
    return JournalEntry.model_validate({**fields, **changes})


def done(key: str = "a", **changes: Any) -> JournalEntry:
    """An entry of an executed command."""
    return entry(key, state="done", attempts=1, epoch=3, sent_at=NOON, settled_at=NOON, value={"total": 5}, **changes)


def failed(key: str = "a", code: str = "expired", **changes: Any) -> JournalEntry:
    """An entry of a failed command."""
    error = ErrorInfo.model_validate({"code": code, "message": "no"})
    return entry(key, state="failed", settled_at=NOON, error=error, **changes)

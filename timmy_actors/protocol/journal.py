"""The command journal's entry for a command, and the journal's status."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from timmy_actors.protocol._base import Count, ErrorInfo, Model

CommandState = Literal["accepted", "sent", "done", "failed", "expired", "in_doubt"]
UNDONE_FOR_SURE = ("expired", "overloaded", "unavailable")
"""Error codes which say that nothing was executed, and that a retry under the same id may succeed."""


class JournalEntry(Model):
    """One command's history. UTC times are for people; decisions use the server's clock."""

    client: str
    id: str
    name: str
    arguments: dict[str, Any]
    state: CommandState
    accepted_at: datetime
    boot: str
    """The server process that it was sent to."""
    accepted_ms: int
    """The server's monotonic clock when the command was accepted; its age counts from here."""
    deadline_ms: int
    """Its deadline on the same clock."""
    due: float
    """Its deadline on the monotonic clock of the daemon's host, in seconds."""
    host: str = ""
    """The host's boot id: `due` is valid only within it."""
    attempts: int = 0
    """How often it was sent."""
    epoch: int = 0
    """The connection incarnation that it was last sent on; 0: not sent."""
    sent_at: datetime | None = None
    """When it was first sent."""
    settled_at: datetime | None = None
    value: dict[str, Any] | None = None
    error: ErrorInfo | None = None
    revision: Count | None = None
    """Its number among the commands that the server process `boot` executed, if it was; see `Revision`."""

    @property
    def settled(self) -> bool:
        """Whether its outcome is final, even if that is `in_doubt`."""
        return self.settled_at is not None

    @property
    def may_be_tried_again(self) -> bool:
        """Whether it was certainly not executed, so that it may be retried under the same id."""
        return self.error is not None and self.error.code in UNDONE_FOR_SURE


class JournalStatus(Model):
    """The journal's status."""

    state: Literal["off", "ok", "failing"]
    file: str = ""
    reason: str | None = None
    """Why it is failing, or a warning while it works, and what to do."""
    goes_on: bool = False
    """Whether commands are accepted while it is failing."""
    entries: int = 0
    bytes: int = 0
    """Its size on disk, including its write-ahead log."""
    wal_bytes: int = 0
    """The size of its write-ahead log."""

"""What the journal keeps of a command, and how the journal does."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from timmy_actors.protocol._base import Count, ErrorInfo, Model

CommandState = Literal["accepted", "sent", "done", "failed", "expired", "in_doubt"]
UNDONE_FOR_SURE = ("expired", "overloaded", "unavailable")
"""Error codes that say that nothing was done, and that another try under the same id may go better."""


class JournalEntry(Model):
    """One command's life. Times are UTC, for people; what is decided is decided by the server's own clock."""

    client: str
    id: str
    name: str
    arguments: dict[str, Any]
    state: CommandState
    accepted_at: datetime
    boot: str
    """The server process that it was meant for."""
    accepted_ms: int
    """What that server's monotonic clock showed when the command was accepted: its age is counted from here."""
    deadline_ms: int
    """Its deadline on the same clock."""
    due: float
    """Its deadline on the monotonic clock of the daemon's host, in seconds."""
    host: str = ""
    """That host's boot: in another one `due` means nothing."""
    attempts: int = 0
    """How often it went out."""
    epoch: int = 0
    """The connection incarnation that it last went out on; 0 until it did."""
    sent_at: datetime | None = None
    """When it first went out."""
    settled_at: datetime | None = None
    value: dict[str, Any] | None = None
    error: ErrorInfo | None = None
    revision: Count | None = None
    """Its number among what the server process `boot` did, where it was done; see `Revision`."""

    @property
    def settled(self) -> bool:
        """Whether it is known what became of it, or that nobody will know."""
        return self.settled_at is not None

    @property
    def may_be_tried_again(self) -> bool:
        """Whether nothing was done for sure, so that the same id may be given once more."""
        return self.error is not None and self.error.code in UNDONE_FOR_SURE


class JournalStatus(Model):
    """How the journal does."""

    state: Literal["off", "ok", "failing"]
    file: str = ""
    reason: str | None = None
    """Why it is failing, or what is wrong with it although it works, and what to do."""
    goes_on: bool = False
    """Whether commands are taken without it while it is failing."""
    entries: int = 0
    bytes: int = 0
    """What it takes of the disk, its write-ahead log included."""
    wal_bytes: int = 0
    """How much of that is the write-ahead log."""

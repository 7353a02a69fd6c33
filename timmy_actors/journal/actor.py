"""The journal actor: writes entries in grouped transactions and confirms them once they are durable."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from timmy_actors.errors import JournalUnusableError
from timmy_actors.journal.messages import (
    Accept,
    Journaled,
    JournalUp,
    Known,
    Look,
    NotJournaled,
    Record,
    Resume,
    Resumed,
)
from timmy_actors.journal.store import MAX_WAL_BYTES, Journal, Synchronous
from timmy_actors.protocol import JournalEntry, JournalStatus
from timmy_actors.supervision import Actor, Directory, SharedValue

log = logging.getLogger(__name__)

NAME = "journal"
LISTENER = "command"
MAX_GROUP = 256
"""The most commands in one transaction: at about 20 us each, the first one is not delayed for long."""
COMMIT_WITHIN_S = 0.002
"""How long a transaction stays open while the mailbox is not empty, or while nothing waits for it: that a command was
sent, which a successor assumes anyway, is usually committed with its result."""
RETRY_S = 1.0
"""How often an unusable journal is reopened."""
PUBLISH_S = 0.5
"""How often the journal's size is published."""
SWEEP_S = 30.0
"""How often expired commands are deleted."""
SWEEP_AFTER = 5_000
"""Commands after which they are deleted in any case."""
DELETE_BATCH = 500
"""Commands deleted at once, which takes about 5 ms, so that other messages are not delayed."""
SWEEP_ON_S = 0.02
"""The pause before the next batch, in which commands are written."""
DELETE_PER_COMMAND = 2
"""How many commands a sweep may delete by age per command accepted since the last sweep, besides one batch. That
suffices for any load, and with a wrong clock the deletion of the journal takes hours."""
WAL_SHARE = 1 / 8
"""The share of the journal's size limit that the write-ahead log may take."""
LARGE_WAL_BYTES = 16 * 1024 * 1024
"""A write-ahead log larger than this is held by a reader that does not finish."""
DAY_S = 86_400.0
MEGABYTE = 1_000_000
TRIMMED_SHARE = 0.9
"""The share of its size limit to which a journal that exceeded the limit is reduced."""


@dataclass(frozen=True)
class JournalOptions:
    """The journal's file, durability, retention and limits."""

    path: Path
    client: str
    synchronous: Synchronous
    goes_on: bool
    keep_days: float
    max_mb: float


@dataclass(frozen=True)
class Sweep:
    """Timer: delete one batch of expired or excess commands."""

    begins: bool = True
    """Whether it is the first batch of a sweep."""


@dataclass(frozen=True)
class _Publish:
    """Timer: publish the journal's size."""


@dataclass(frozen=True)
class _Commit:
    """Timer: commit, whatever else is in the mailbox."""


@dataclass(frozen=True)
class _Open:
    """Timer: open the unusable file again."""


class JournalActor(Actor):
    """Owns the open journal file.

    A failed write is reported to its sender and in `Health`, and the file is reopened later. Writes are committed when
    the mailbox is empty: a single command at once, a thousand a second in groups.
    """

    def __init__(self, options: JournalOptions, *, directory: Directory, status: SharedValue[JournalStatus]) -> None:
        super().__init__()
        self._options = options
        self._max_bytes = options.max_mb * MEGABYTE
        self._max_wal_bytes = min(MAX_WAL_BYTES, int(self._max_bytes * WAL_SHARE))
        self._directory = directory
        self._status = status
        self._journal: Journal | None = None
        self._accepted: list[tuple[str, JournalEntry | None]] = []
        self._settled: list[Record] = []
        self._entries = 0
        self._since_sweep = 0
        self._age_quota = 0
        self._trimming = False
        self._last_error = ""
        self._stopping = False

    def on_start(self) -> None:
        """Open the file; an unusable one is reopened every RETRY_S."""
        self._open()
        self.mailbox.schedule("sweep", SWEEP_S, Sweep(), every=True)
        self.mailbox.schedule("publish", PUBLISH_S, _Publish(), every=True)

    def on_receive(self, message: Any) -> None:
        """Write, look up and delete entries."""
        try:
            self._on_message(message)
            if self._commits_after(message):
                self._commit()
            elif self._journal is not None and self._journal.has_uncommitted:
                self.mailbox.schedule("commit", COMMIT_WITHIN_S, _Commit())
        except JournalUnusableError as error:
            self._fail(error, message)
        if self._stopping and self.mailbox.empty():
            self.leave()

    def actor_may_stop(self) -> bool:
        """Whether all received entries are written."""
        self._stopping = True
        return self.mailbox.empty()

    def on_stop(self) -> None:
        """Commit and close the file."""
        try:
            self._commit()
        except JournalUnusableError as error:
            log.warning("%s", error)
        self._close()

    def on_failure(self, *_: object) -> None:
        """Close the file."""
        self._close()

    def _on_message(self, message: Any) -> None:
        match message, self._journal:
            case _Open(), None:
                self._open()
            case ((Accept() | Record() | Look()), None):
                self._send(NotJournaled(_command_ids(message), self._status.value.reason or ""))
            case Accept(entry), Journal() as journal:
                self._accepted.append((entry.id, journal.accept(entry)))
                self._since_sweep += 1
            case Record(entry), Journal() as journal:
                journal.record(entry)
                if entry.settled:
                    self._settled.append(message)
            case Look(command_id), Journal() as journal:
                self._send(Known(command_id, journal.find(self._options.client, command_id)))
            case Resume(), Journal() as journal:
                self._send(Resumed(tuple(journal.unsettled(self._options.client))))
            case Sweep(begins), Journal() as journal:
                self._sweep(journal, begins=begins)
            case _Publish(), Journal() as journal:
                self._publish(journal)

    def _commits_after(self, message: Any) -> bool:
        waiting = len(self._accepted) + len(self._settled)
        return isinstance(message, _Commit) or waiting >= MAX_GROUP or (waiting > 0 and self.mailbox.empty())

    def _commit(self) -> None:
        self.mailbox.cancel("commit")
        if self._journal is None:
            return
        self._journal.commit()
        for record in self._settled:
            record.answer()
        if self._accepted or self._settled:
            self._send(Journaled(tuple(self._accepted), tuple(record.entry.id for record in self._settled)))
            self._entries += sum(known is None for _, known in self._accepted)
            self._accepted, self._settled = [], []
        self._tidy(self._journal)

    def _tidy(self, journal: Journal) -> None:
        """Maintenance after a commit, which is already confirmed: an error here affects no entry."""
        try:
            journal.limit_log(self._max_wal_bytes)
            if self._since_sweep >= SWEEP_AFTER:
                self._sweep(journal, begins=True)
        except JournalUnusableError as error:
            self._fail(error)

    def _open(self) -> None:
        try:
            self._journal = Journal(self._options.path, self._options.synchronous)
            self._entries = self._journal.count()
            self._publish(self._journal)
        except JournalUnusableError as error:
            self._fail(error)
            return
        log.debug("journal %s: %d commands", self._options.path, self._entries)
        self._send(JournalUp())

    def _fail(self, error: JournalUnusableError, message: Any = None) -> None:
        if str(error) != self._last_error:  # a repeated error is logged once between two sweeps
            self._last_error = str(error)
            log.error("%s", error)
        self._status.value = JournalStatus(
            state="failing", file=str(self._options.path), reason=str(error), goes_on=self._options.goes_on
        )
        lost = (
            *(command_id for command_id, _ in self._accepted),
            *(record.entry.id for record in self._settled),
            *_command_ids(message),
        )
        self._accepted, self._settled = [], []
        self._close()
        if lost:
            self._send(NotJournaled(lost, str(error)))
        self.mailbox.schedule("open", RETRY_S, _Open())

    def _close(self) -> None:
        journal, self._journal = self._journal, None
        try:
            if journal is not None:
                journal.close()
        except JournalUnusableError as error:
            log.warning("%s", error)

    def _sweep(self, journal: Journal, *, begins: bool) -> None:
        """Delete one batch of expired or excess commands; `begins` marks the first batch of a sweep."""
        if begins:
            self._age_quota = DELETE_BATCH + DELETE_PER_COMMAND * self._since_sweep
            self._since_sweep = 0
            self._last_error = ""
        journal.commit()
        deleted = self._delete(journal)
        journal.commit()
        journal.release_pages()
        if journal.wal_bytes() > self._max_wal_bytes:
            journal.checkpoint()
        self._entries -= deleted
        self._publish(journal)
        if deleted:
            self.mailbox.schedule("sweep on", SWEEP_ON_S, Sweep(begins=False))

    def _delete(self, journal: Journal) -> int:
        aged = journal.delete_older(self._options.keep_days * DAY_S, min(self._age_quota, DELETE_BATCH))
        self._age_quota -= aged
        # The log's limit, not its size: it grows while a reader holds it, and deletion would not shrink it.
        limit = self._max_bytes * (TRIMMED_SHARE if self._trimming else 1) - self._max_wal_bytes
        too_large = journal.bytes_used() > limit
        self._trimming = too_large
        return aged or (journal.delete_oldest(DELETE_BATCH) if too_large else 0)

    def _publish(self, journal: Journal) -> None:
        wal_bytes = journal.wal_bytes()
        self._status.value = JournalStatus(
            state="ok",
            file=str(self._options.path),
            reason=_wal_warning(self._options.path, wal_bytes),
            entries=self._entries,
            bytes=journal.bytes_used() + wal_bytes,
            wal_bytes=wal_bytes,
        )

    def _send(self, message: Journaled | NotJournaled | Known | Resumed | JournalUp) -> None:
        entry = self._directory.entries.get(LISTENER)
        if entry is not None and entry.ref is not None:  # it has not started yet
            self._directory.tell(LISTENER, message)


def _wal_warning(path: Path, wal_bytes: int) -> str | None:
    if wal_bytes <= LARGE_WAL_BYTES:
        return None
    return (
        f"journal {path}: its write-ahead log has {wal_bytes / MEGABYTE:.0f} MB, because another program holds the"
        f" journal open in a read transaction: end that program ('fuser {path}' names it)"
    )


def _command_ids(message: Any) -> tuple[str, ...]:
    match message:
        case Accept(entry) | Record(entry):
            return (entry.id,)
        case Look(command_id):
            return (command_id,)
    return ()

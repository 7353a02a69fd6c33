"""The journal's actor: writes what it is told, and says so once it is durable, many commands at the price of one."""

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
MOST_AT_ONCE = 256
"""Commands written in one transaction, while more wait: at some 20 us each nobody waits long for the first."""
COMMIT_WITHIN_S = 0.002
"""How long a transaction stays open for more when the mailbox holds something else than commands."""
RETRY_S = 1.0
"""How often a journal that cannot be used is tried again."""
PUBLISH_S = 0.5
"""How often its size is published."""
SWEEP_S = 30.0
"""How often it is looked whether something is to be forgotten."""
SWEEP_AFTER = 5_000
"""Commands after which it is looked in any case."""
FORGET_AT_ONCE = 500
"""Commands forgotten in one turn, so that others get theirs: some 5 ms."""
SWEEP_ON_S = 0.02
"""How soon the next turn comes: meanwhile commands are written."""
FORGET_PER_COMMAND = 2
"""How many may be forgotten by age in a sweep for each that came since the last, besides one turn's: that keeps pace
with any load, and a clock that is wrong all the same takes hours to do its harm."""
WAL_PART = 1 / 8
"""How much of its bound the write-ahead log may take."""
LARGE_WAL_BYTES = 16 * 1024 * 1024
"""A write-ahead log that stays larger than this is held by a reader that does not end."""
DAY_S = 86_400.0
MEGABYTE = 1_000_000
TRIMMED_TO = 0.9
"""To which part of its bound a journal that outgrew it is cut."""


@dataclass(frozen=True)
class JournalOptions:
    """Where the journal is, and how it is kept."""

    path: Path
    client: str
    synchronous: Synchronous
    goes_on: bool
    keep_days: float
    max_mb: float


class JournalActor(Actor):
    """One thread, one open file. What cannot be written is said to who told it, shown by `Health`, and tried again.

    Writes are committed when nothing more waits: one command alone at once, a thousand a second in groups.
    """

    def __init__(self, options: JournalOptions, *, directory: Directory, status: SharedValue[JournalStatus]) -> None:
        super().__init__()
        self._options = options
        self._most_bytes = options.max_mb * MEGABYTE
        self._most_wal_bytes = min(MAX_WAL_BYTES, int(self._most_bytes * WAL_PART))
        self._directory = directory
        self._status = status
        self._journal: Journal | None = None
        self._accepted: list[tuple[str, JournalEntry | None]] = []
        self._settled: list[str] = []
        self._entries = 0
        self._since_sweep = 0
        self._may_age = 0
        self._trimming = False
        self._complained = ""
        self._stopping = False

    def on_start(self) -> None:
        """Open the file; one that cannot be used is tried again and again."""
        self._open()
        self.mailbox.schedule("sweep", SWEEP_S, "sweep", every=True)
        self.mailbox.schedule("publish", PUBLISH_S, "publish", every=True)

    def on_receive(self, message: Any) -> None:
        """Write, look up, forget."""
        try:
            self._on_message(message)
            if self.mailbox.empty() or len(self._accepted) + len(self._settled) >= MOST_AT_ONCE:
                self._commit()
            else:
                self.mailbox.schedule("commit", COMMIT_WITHIN_S, "commit")
        except JournalUnusableError as trouble:
            self._fail(trouble, message)
        if self._stopping and self.mailbox.empty():
            self.leave()

    def actor_may_stop(self) -> bool:
        """Once everything that it was told is written."""
        self._stopping = True
        return self.mailbox.empty()

    def on_stop(self) -> None:
        """Write what is left and let the file go."""
        try:
            self._commit()
        except JournalUnusableError as trouble:
            log.warning("%s", trouble)
        self._close()

    def on_failure(self, *_: object) -> None:
        """Let the file go."""
        self._close()

    def _on_message(self, message: Any) -> None:
        match message, self._journal:
            case "open", None:
                self._open()
            case ((Accept(JournalEntry(id=key)) | Record(JournalEntry(id=key)) | Look(key)), None):
                self._say(NotJournaled((key,), self._status.value.reason or ""))
            case Accept(entry), Journal() as journal:
                self._accepted.append((entry.id, journal.accept(entry)))
                self._since_sweep += 1
            case Record(entry), Journal() as journal:
                journal.record(entry)
                if entry.settled:
                    self._settled.append(entry.id)
            case Look(key), Journal() as journal:
                self._say(Known(key, journal.find(self._options.client, key)))
            case Resume(), Journal() as journal:
                self._say(Resumed(tuple(journal.unsettled(self._options.client))))
            case (("sweep" | "sweep on"), Journal() as journal):
                self._sweep(journal, begins=message == "sweep")
            case "publish", Journal() as journal:
                self._publish(journal)

    def _commit(self) -> None:
        self.mailbox.cancel("commit")
        if self._journal is None:
            return
        self._journal.commit()
        if self._accepted or self._settled:
            self._say(Journaled(tuple(self._accepted), tuple(self._settled)))
            self._entries += sum(known is None for _, known in self._accepted)
            self._accepted, self._settled = [], []
        self._tidy(self._journal)

    def _tidy(self, journal: Journal) -> None:
        """What follows a commit: who waited for it was told, and loses nothing if this goes wrong."""
        try:
            journal.keep_log_small(self._most_wal_bytes)
            if self._since_sweep >= SWEEP_AFTER:
                self._sweep(journal, begins=True)
        except JournalUnusableError as trouble:
            self._fail(trouble)

    def _open(self) -> None:
        try:
            self._journal = Journal(self._options.path, self._options.synchronous)
            self._entries = self._journal.count()
            self._publish(self._journal)
        except JournalUnusableError as trouble:
            self._fail(trouble)
            return
        log.debug("journal %s: %d commands", self._options.path, self._entries)
        self._say(JournalUp())

    def _fail(self, trouble: JournalUnusableError, message: Any = None) -> None:
        if str(trouble) != self._complained:  # one that comes back with each try is said once between two sweeps
            self._complained = str(trouble)
            log.error("%s", trouble)
        self._status.value = JournalStatus(
            state="failing", file=str(self._options.path), reason=str(trouble), goes_on=self._options.goes_on
        )
        lost = (*(key for key, _ in self._accepted), *self._settled, *_keys(message))
        self._accepted, self._settled = [], []
        self._close()
        if lost:
            self._say(NotJournaled(lost, str(trouble)))
        self.mailbox.schedule("open", RETRY_S, "open")

    def _close(self) -> None:
        journal, self._journal = self._journal, None
        try:
            if journal is not None:
                journal.close()
        except JournalUnusableError as trouble:
            log.warning("%s", trouble)

    def _sweep(self, journal: Journal, *, begins: bool) -> None:
        """Forget what is too old, or too much, a part at a time; `begins`: this is the first part."""
        if begins:
            self._may_age = FORGET_AT_ONCE + FORGET_PER_COMMAND * self._since_sweep
            self._since_sweep = 0
            self._complained = ""
        journal.commit()
        forgotten = self._forget(journal)
        journal.commit()
        journal.give_back()
        if journal.wal_bytes() > self._most_wal_bytes:
            journal.checkpoint()
        self._entries -= forgotten
        self._publish(journal)
        if forgotten:
            self.mailbox.schedule("sweep on", SWEEP_ON_S, "sweep on")

    def _forget(self, journal: Journal) -> int:
        aged = journal.forget_older(self._options.keep_days * DAY_S, min(self._may_age, FORGET_AT_ONCE))
        self._may_age -= aged
        # Not the log as it is: that grows while a reader holds it, and forgetting would not make it smaller.
        bound = self._most_bytes * (TRIMMED_TO if self._trimming else 1) - self._most_wal_bytes
        outgrown = journal.bytes_used() > bound
        self._trimming = outgrown
        return aged or (journal.forget_oldest(FORGET_AT_ONCE) if outgrown else 0)

    def _publish(self, journal: Journal) -> None:
        wal_bytes = journal.wal_bytes()
        self._status.value = JournalStatus(
            state="ok",
            file=str(self._options.path),
            reason=_wal_complaint(self._options.path, wal_bytes),
            entries=self._entries,
            bytes=journal.bytes_used() + wal_bytes,
            wal_bytes=wal_bytes,
        )

    def _say(self, message: Journaled | NotJournaled | Known | Resumed | JournalUp) -> None:
        entry = self._directory.entries.get(LISTENER)
        if entry is not None and entry.ref is not None:  # before the first start there is nobody to tell
            self._directory.tell(LISTENER, message)


def _wal_complaint(path: Path, wal_bytes: int) -> str | None:
    if wal_bytes <= LARGE_WAL_BYTES:
        return None
    return (
        f"journal {path}: its write-ahead log has {wal_bytes / MEGABYTE:.0f} MB, because another program holds the"
        f" journal open in the middle of reading: end that program ('fuser {path}' names it)"
    )


def _keys(message: Any) -> tuple[str, ...]:
    match message:
        case Accept(entry) | Record(entry):
            return (entry.id,)
        case Look(key):
            return (key,)
    return ()

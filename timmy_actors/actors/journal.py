"""The journal's actor: writes what it is told, and says so once it is durable, many commands at the price of one."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from timmy_actors.actors.board import Board
from timmy_actors.actors.messages import (
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
from timmy_actors.errors import JournalUnusable
from timmy_actors.journal.store import Journal, Synchronous
from timmy_actors.model.journal import JournalEntry, JournalStatus
from timmy_actors.supervision import Actor, Directory

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

    def __init__(self, options: JournalOptions, *, directory: Directory, board: Board) -> None:
        super().__init__()
        self._options = options
        self._directory = directory
        self._board = board
        self._journal: Journal | None = None
        self._accepted: list[tuple[str, JournalEntry | None]] = []
        self._settled: list[str] = []
        self._entries = 0
        self._since_sweep = 0
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
        except JournalUnusable as trouble:
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
        except JournalUnusable as trouble:
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
                self._say(NotJournaled((key,), self._board.journal.value.reason or ""))
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
            case "sweep", Journal() as journal:
                self._sweep(journal)
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
        if self._since_sweep >= SWEEP_AFTER:
            self._sweep(self._journal)

    def _open(self) -> None:
        try:
            self._journal = Journal(self._options.path, self._options.synchronous)
            self._entries = self._journal.count()
            self._publish(self._journal)
        except JournalUnusable as trouble:
            self._fail(trouble)
            return
        log.debug("journal %s: %d commands", self._options.path, self._entries)
        self._say(JournalUp())

    def _fail(self, trouble: JournalUnusable, message: Any = None) -> None:
        if str(trouble) != self._complained:  # one that comes back with each try is said once between two sweeps
            self._complained = str(trouble)
            log.error("%s", trouble)
        self._board.journal.value = JournalStatus(
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
        except JournalUnusable as trouble:
            log.warning("%s", trouble)

    def _sweep(self, journal: Journal) -> None:
        """Forget what is too old, or too much, a part at a time."""
        self._since_sweep = 0
        self._complained = ""
        journal.commit()
        forgotten = journal.forget_before(time.time() - self._options.keep_days * DAY_S, FORGET_AT_ONCE)
        most = self._options.max_mb * MEGABYTE
        if not forgotten and journal.bytes_used() > most * (TRIMMED_TO if self._trimming else 1):
            forgotten = journal.forget_oldest(FORGET_AT_ONCE)
        self._trimming = forgotten > 0
        journal.commit()
        journal.give_back()
        self._entries -= forgotten
        self._publish(journal)
        if forgotten:
            self.mailbox.schedule("sweep on", 0.0, "sweep")

    def _publish(self, journal: Journal) -> None:
        self._board.journal.value = JournalStatus(
            state="ok", file=str(self._options.path), entries=self._entries, bytes=journal.bytes_used()
        )

    def _say(self, message: Journaled | NotJournaled | Known | Resumed | JournalUp) -> None:
        entry = self._directory.entries.get(LISTENER)
        if entry is not None and entry.ref is not None:  # before the first start there is nobody to tell
            self._directory.tell(LISTENER, message)


def _keys(message: Any) -> tuple[str, ...]:
    match message:
        case Accept(entry) | Record(entry):
            return (entry.id,)
        case Look(key):
            return (key,)
    return ()

"""Logging that cannot hold up who logs: records are handed to a thread of their own, which calls the handlers.

A handler writes to a pipe that nobody reads, or asks a server that does not answer. A supervisor that waited for it
would restart nobody meanwhile. The standard `QueueHandler` takes the records; what does not fit is dropped and counted.
"""

from __future__ import annotations

import atexit
import logging
import threading
from logging.handlers import QueueHandler
from queue import Empty, SimpleQueue
from typing import TypeAlias

from timmy_actors.errors import ActorFailureError
from timmy_actors.supervision.formatting import describe_traceback

log = logging.getLogger(__name__)
AGAIN_EVERY = 10
"""A failure that repeats word by word is logged again the 10th, 100th, 1,000th, ... time in a row, with that number."""


class FailureLog:
    """Belongs to a child, whichever incarnation of it fails. Called in the thread of the one that failed."""

    def __init__(self, child: str) -> None:
        self._child = child
        self._words = ""
        self._times = 0
        self._again_at = AGAIN_EVERY

    def say(self, reason: BaseException, words: str, *, asked: bool) -> None:
        """Log one; `asked` if the child was asked to stop."""
        text = f"{self._child} {'failed while it stopped' if asked else 'ended'}: {words}"
        if text != self._words:
            self._words, self._times, self._again_at = text, 1, AGAIN_EVERY
            RELAY.say(log, logging.WARNING, text, None if isinstance(reason, ActorFailureError) else reason)
            return
        self._times += 1
        if self._times == self._again_at:
            self._again_at *= AGAIN_EVERY
            RELAY.say(log, logging.WARNING, f"{text} (for the {self._times:,}th time in a row)")


BACKLOG = 1_000
"""Records that may wait for the handlers; what comes beyond is dropped and counted."""
AT_EXIT_S = 1.0
"""How long the interpreter's exit waits for what is still to be logged."""
Item: TypeAlias = "logging.LogRecord | threading.Event"
"""A record, or what is to be set once the records before it are through."""


class _Bounded(QueueHandler):
    """Takes records in; never waits."""

    def __init__(self) -> None:
        # Its `put` may be interrupted by a signal handler that logs as well; that of `queue.Queue` would deadlock then.
        self.items: SimpleQueue[Item] = SimpleQueue()
        super().__init__(self.items)
        self.dropped = 0

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """As it is: its message is text already."""
        return record

    def enqueue(self, record: logging.LogRecord) -> None:
        """Hand it over, or count it."""
        if self.items.qsize() >= BACKLOG:
            self.dropped += 1
        else:
            self.items.put(record)


class Relay:
    """The way to the log for every thread that must not wait for it. Its own thread lives while there is work."""

    def __init__(self) -> None:
        self._inlet = _Bounded()
        self._lock = threading.RLock()
        self._running = False
        self._reported = 0

    @property
    def dropped(self) -> int:
        """Records that were lost, ever: too many waited, or a handler raised."""
        return self._inlet.dropped

    def say(self, logger: logging.Logger, level: int, text: str, error: BaseException | None = None) -> None:
        """Log a text that is there already, and the traceback of an error, put into words in this thread."""
        if not logger.isEnabledFor(level):
            return
        record = logger.makeRecord(logger.name, level, "(supervision)", 0, text, (), None)
        record.exc_text = None if error is None else describe_traceback(error)
        self._inlet.enqueue(record)
        self._run()

    def flush(self, timeout_s: float) -> bool:
        """Wait until what was logged so far has reached the handlers; False where it has not in time."""
        through = threading.Event()
        self._inlet.items.put(through)
        self._run()
        return through.wait(timeout_s)

    def at_exit(self) -> None:
        """Let the handlers have what is left, for a moment."""
        if self._running:
            self.flush(AT_EXIT_S)

    def _run(self) -> None:
        with self._lock:
            if self._running:
                return
            self._running = True
        try:
            threading.Thread(target=self._work, name="log relay", daemon=True).start()
        except RuntimeError:  # no thread to be had, or the interpreter ends: the next record tries again
            self._running = False

    def _work(self) -> None:
        while (item := self._next()) is not None:
            if isinstance(item, threading.Event):
                item.set()
            else:
                self._pass_on(item)

    def _next(self) -> Item | None:
        with self._lock:
            try:
                return self._inlet.items.get_nowait()
            except Empty:
                self._running = False
                return None

    def _pass_on(self, record: logging.LogRecord) -> None:
        try:
            logging.getLogger(record.name).handle(record)
            self._report_dropped()
        except BaseException:  # noqa: BLE001  somebody's handler: its failure has no better place than the count
            self._inlet.dropped += 1

    def _report_dropped(self) -> None:
        dropped = self._inlet.dropped - self._reported
        if dropped:
            self._reported += dropped
            log.warning("%d log records were dropped: the log's handlers were too slow, or failed", dropped)


RELAY = Relay()
"""The whole process's, like the logging it serves."""
atexit.register(RELAY.at_exit)


def dropped_log_records() -> int:
    """How many records of the supervision were lost, ever: the log's handlers were too slow, or failed."""
    return RELAY.dropped

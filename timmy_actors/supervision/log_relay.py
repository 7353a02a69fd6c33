"""Logging that does not block the caller: records are queued for a separate thread, which calls the handlers.

A handler can block, on a pipe that is not read or a server that does not answer, and a supervisor that waited for it
could not restart its children. The standard `QueueHandler` queues the records; those that do not fit are dropped and
counted.
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
REPEAT_FACTOR = 10
"""An identical failure is logged again at the 10th, 100th, 1,000th, ... time in a row, with that number."""


class FailureLog:
    """Logs the failures of all incarnations of one child. Called in the thread of the failed incarnation."""

    def __init__(self, child: str) -> None:
        self._child = child
        self._words = ""
        self._times = 0
        self._repeat_at = REPEAT_FACTOR

    def log(self, reason: BaseException, words: str, *, asked: bool) -> None:
        """Log a failure; `asked` is whether the child was asked to stop."""
        text = f"{self._child} {'failed while it stopped' if asked else 'ended'}: {words}"
        if text != self._words:
            self._words, self._times, self._repeat_at = text, 1, REPEAT_FACTOR
            RELAY.log(log, logging.WARNING, text, None if isinstance(reason, ActorFailureError) else reason)
            return
        self._times += 1
        if self._times == self._repeat_at:
            self._repeat_at *= REPEAT_FACTOR
            RELAY.log(log, logging.WARNING, f"{text} (for the {self._times:,}th time in a row)")


BACKLOG = 1_000
"""The most records that wait for the handlers; further ones are dropped and counted."""
AT_EXIT_S = 1.0
"""How long the interpreter's exit waits for queued records."""
Item: TypeAlias = "logging.LogRecord | threading.Event"
"""A record, or an event to set once the earlier records are handled."""


class _Bounded(QueueHandler):
    """Queues records without blocking."""

    def __init__(self) -> None:
        # A signal handler that logs may interrupt its `put`; `queue.Queue` would then deadlock.
        self.items: SimpleQueue[Item] = SimpleQueue()
        super().__init__(self.items)
        self.dropped = 0

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Return the record unchanged: its message is already text."""
        return record

    def enqueue(self, record: logging.LogRecord) -> None:
        """Queue the record, or count it as dropped."""
        if self.items.qsize() >= BACKLOG:
            self.dropped += 1
        else:
            self.items.put(record)


class Relay:
    """Logs for threads that must not block. Its thread runs only while records are queued."""

    def __init__(self) -> None:
        self._inlet = _Bounded()
        self._lock = threading.RLock()
        self._running = False
        self._reported = 0

    @property
    def dropped(self) -> int:
        """The number of records lost since the start: the queue was full, or a handler raised."""
        return self._inlet.dropped

    def log(self, logger: logging.Logger, level: int, text: str, error: BaseException | None = None) -> None:
        """Queue a record of a text and the traceback of an error, which is formatted in this thread."""
        if not logger.isEnabledFor(level):
            return
        record = logger.makeRecord(logger.name, level, "(supervision)", 0, text, (), None)
        record.exc_text = None if error is None else describe_traceback(error)
        self._inlet.enqueue(record)
        self._run()

    def flush(self, timeout_s: float) -> bool:
        """Wait until the handlers have received all queued records; False after `timeout_s`."""
        flushed = threading.Event()
        self._inlet.items.put(flushed)
        self._run()
        return flushed.wait(timeout_s)

    def at_exit(self) -> None:
        """Flush for at most AT_EXIT_S."""
        if self._running:
            self.flush(AT_EXIT_S)

    def _run(self) -> None:
        with self._lock:
            if self._running:
                return
            self._running = True
        try:
            threading.Thread(target=self._work, name="log relay", daemon=True).start()
        except RuntimeError:  # no thread could be started, or the interpreter is exiting: the next record tries again
            self._running = False

    def _work(self) -> None:
        while (item := self._next()) is not None:
            if isinstance(item, threading.Event):
                item.set()
            else:
                self._handle(item)

    def _next(self) -> Item | None:
        with self._lock:
            try:
                return self._inlet.items.get_nowait()
            except Empty:
                self._running = False
                return None

    def _handle(self, record: logging.LogRecord) -> None:
        try:
            logging.getLogger(record.name).handle(record)
            self._report_dropped()
        except BaseException:  # noqa: BLE001  a failure of a foreign handler can only be counted
            self._inlet.dropped += 1

    def _report_dropped(self) -> None:
        dropped = self._inlet.dropped - self._reported
        if dropped:
            self._reported += dropped
            log.warning("%d log records were dropped: the log handlers were too slow, or failed", dropped)


RELAY = Relay()
"""The relay of the process, as logging is process-wide."""
atexit.register(RELAY.at_exit)


def dropped_log_records() -> int:
    """The number of supervision records lost since the start because log handlers were too slow or failed."""
    return RELAY.dropped

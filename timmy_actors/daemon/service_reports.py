"""What a daemon reports to its service manager, and when (sd_notify(3)); one thread calls it regularly."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from timmy_actors.protocol import Health

log = logging.getLogger(__name__)

BEATS_PER_PERIOD = 2
"""How many times within the manager's period the watchdog is answered; sd_watchdog_enabled(3) recommends it."""
OVERDUE = 0.7
"""The part of the manager's period after which silent actors are logged: before the manager ends the daemon."""
STATUS_EVERY_S = 1.0
"""Reasons contain changing numbers: the status is updated at most this often."""
Message = dict[str, str | int]


class Manager(Protocol):
    """The service manager, as `timmy_actors.system.ServiceManager`."""

    watchdog_s: float | None

    def send(self, **fields: str | int) -> bool:
        """Send a message; False if it could not be sent now."""
        ...


class Actors(Protocol):
    """The actors of the tree, as `timmy_actors.supervision.Liveness`."""

    def ping(self) -> None:
        """Ask every actor to answer."""
        ...

    def silent(self) -> list[str]:
        """The actors that have not answered."""
        ...


class ServiceReports:
    """Sends READY, STATUS, WATCHDOG, RELOADING and STOPPING; a later `look` sends what could not be sent at once."""

    def __init__(
        self, manager: Manager, actors: Actors, health: Callable[[], Health], *, clock: Callable[[], float]
    ) -> None:
        self._manager = manager
        self._actors = actors
        self._health = health
        self._clock = clock
        self._unsent: deque[Message] = deque()
        self._status = ""
        self._status_due = 0.0
        self._watchdog = _Watchdog(actors, manager.watchdog_s)

    def ready(self) -> None:
        """Report that the tree is up, or that a reload has ended."""
        self._send({"READY": 1})
        if not self._watchdog.has_begun:  # a reload must not put the next answer off
            self._watchdog.begin(self._clock())

    def reloading(self) -> None:
        """Report that the configuration is read again; `ready` reports the end."""
        self._send({"RELOADING": 1, "MONOTONIC_USEC": time.monotonic_ns() // 1_000})

    def stopping(self) -> None:
        """Report that the daemon is stopping; the manager no longer expects answers of its watchdog."""
        self._send({"STOPPING": 1, "STATUS": "stopping"})

    def look(self) -> None:
        """Send what is due: the status if it has changed, and the watchdog's answer if every actor has answered."""
        now = self._clock()
        self._flush()
        if self._watchdog.is_due(now) and self._manager.send(WATCHDOG=1):
            self._watchdog.begin(now)
        if now >= self._status_due:
            self._status_due = now + STATUS_EVERY_S
            self._report_status()

    def _report_status(self) -> None:
        status = describe(self._health())
        if status != self._status and self._manager.send(STATUS=status):
            self._status = status

    def _send(self, message: Message) -> None:
        self._unsent.append(message)
        self._flush()

    def _flush(self) -> None:
        while self._unsent and self._manager.send(**self._unsent[0]):
            self._unsent.popleft()


class _Watchdog:
    """Decides when to answer the manager's watchdog: once every actor has answered since the last time."""

    def __init__(self, actors: Actors, period_s: float | None) -> None:
        self._actors = actors
        self._period_s = period_s
        self._due: float | None = None
        self._overdue_at = 0.0
        self._reported = False

    @property
    def has_begun(self) -> bool:
        """Whether the actors were asked."""
        return self._due is not None

    def begin(self, now: float) -> None:
        """Ask every actor again."""
        if self._period_s is None:
            return
        self._actors.ping()
        self._due, self._reported = now + self._period_s / BEATS_PER_PERIOD, False
        self._overdue_at = now + self._period_s * OVERDUE

    def is_due(self, now: float) -> bool:
        """Whether to answer now. Logs once, shortly before the manager acts, which actors have not answered."""
        if self._due is None or now < self._due:
            return False
        silent = self._actors.silent()
        if silent and now >= self._overdue_at and not self._reported:
            self._reported = True
            log.error("the service manager will restart this daemon: no answer from %s", ", ".join(silent))
        return not silent


def describe(health: Health) -> str:
    """The health in one line."""
    return ": ".join([health.verdict, *(["; ".join(health.reasons)] if health.reasons else [])])

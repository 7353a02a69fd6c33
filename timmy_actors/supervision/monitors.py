"""Who wants to know when an incarnation ends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from timmy_actors.supervision.log_relay import RELAY

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Down:
    """A monitored incarnation has ended, or was not there to begin with."""

    name: str
    generation: int
    reason: BaseException | None
    """Why; None for a stop. What a late monitor receives is `EndedBeforeError`, with the reason in words."""


Watcher: TypeAlias = Callable[[Down], object]


@dataclass(frozen=True, eq=False)
class Monitor:
    """One call of `Directory.monitor`, to be taken back with `Directory.demonitor`."""

    name: str
    watcher: Watcher

    def notify(self, down: Down) -> None:
        """Call the watcher; what it raises is logged."""
        try:
            self.watcher(down)
        except BaseException as error:
            if not isinstance(error, Exception) and threading.current_thread() is threading.main_thread():
                raise  # Ctrl-C, say; no other thread is ended by who looks on
            RELAY.say(log, logging.ERROR, f"a monitor of {down.name} failed and is gone", error)


class Monitors:
    """The monitors of the incarnations that live, by name. The directory's lock guards it."""

    def __init__(self) -> None:
        self._by_name: dict[str, dict[Monitor, None]] = {}

    def add(self, monitor: Monitor) -> None:
        """One more."""
        self._by_name.setdefault(monitor.name, {})[monitor] = None

    def discard(self, monitor: Monitor) -> bool:
        """Take one out; False when it is not there (any more)."""
        of_name = self._by_name.get(monitor.name, {})
        if monitor not in of_name:
            return False
        del of_name[monitor]
        if not of_name:
            del self._by_name[monitor.name]
        return True

    def take(self, name: str) -> tuple[Monitor, ...]:
        """Everybody who monitors that name, taken out."""
        return tuple(self._by_name.pop(name, ()))

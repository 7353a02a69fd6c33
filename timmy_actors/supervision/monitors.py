"""Monitors, which are notified when an incarnation ends."""

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
    """A monitored incarnation has ended, or there was none."""

    name: str
    generation: int
    reason: BaseException | None
    """The exception; None for a stop. A late monitor receives `EndedBeforeError` with the reason as text."""


Watcher: TypeAlias = Callable[[Down], object]


@dataclass(frozen=True, eq=False)
class Monitor:
    """A monitor created by `Directory.monitor` and removed by `Directory.demonitor`."""

    name: str
    watcher: Watcher

    def notify(self, down: Down) -> None:
        """Call the watcher and log its exceptions."""
        try:
            self.watcher(down)
        except BaseException as error:
            if not isinstance(error, Exception) and threading.current_thread() is threading.main_thread():
                raise  # for example Ctrl-C; a watcher must not end any other thread
            RELAY.log(log, logging.ERROR, f"a monitor of {down.name} failed and was removed", error)


class Monitors:
    """The monitors of running incarnations, by name. Guarded by the directory's lock."""

    def __init__(self) -> None:
        self._by_name: dict[str, dict[Monitor, None]] = {}

    def add(self, monitor: Monitor) -> None:
        """Add a monitor."""
        self._by_name.setdefault(monitor.name, {})[monitor] = None

    def discard(self, monitor: Monitor) -> bool:
        """Remove a monitor; False if it is not present."""
        of_name = self._by_name.get(monitor.name, {})
        if monitor not in of_name:
            return False
        del of_name[monitor]
        if not of_name:
            del self._by_name[monitor.name]
        return True

    def take(self, name: str) -> tuple[Monitor, ...]:
        """Remove and return the monitors of a name."""
        return tuple(self._by_name.pop(name, ()))

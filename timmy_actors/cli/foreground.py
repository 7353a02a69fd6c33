"""The daemon's foreground: waits for its end or a signal, and reports to the operator and the service manager."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from typing import Protocol

from timmy_actors.daemon import Runtime, ServiceReports, dump_flight, write_crash_report
from timmy_actors.errors import ConfigError, TimmyError
from timmy_actors.system import ServiceManager

log = logging.getLogger(__name__)

WATCH_EVERY_S = 0.05
"""How often the foreground checks for news to print."""


class Printer(Protocol):
    """Prints changes of the daemon's state."""

    def look(self) -> None:
        """Print what has changed since the last call."""
        ...


class Signals:
    """Catches the signals: SIGINT and SIGTERM stop the daemon.

    SIGHUP reloads the configuration under a service manager. Without one it means that the terminal is gone and stops
    the daemon, unless it is ignored (nohup).
    """

    def __init__(self, *, reloads: bool) -> None:
        self.stop = threading.Event()
        self.reloads_wanted = 0
        """How often a reload was requested."""
        stopping = [signal.SIGINT, signal.SIGTERM]
        if reloads:
            signal.signal(signal.SIGHUP, self._on_reload)
        elif signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            stopping.append(signal.SIGHUP)
        for number in stopping:
            signal.signal(number, lambda _number, _frame: self.stop.set())

    def _on_reload(self, _number: int, _frame: object) -> None:
        self.reloads_wanted += 1  # no lock, which the interrupted thread might hold


class Foreground:
    """Runs until the tree has ended or a signal stops it."""

    def __init__(
        self,
        runtime: Runtime,
        signals: Signals,
        manager: ServiceManager | None,
        write: Callable[[str], None],
        printer: Printer,
    ) -> None:
        self._runtime = runtime
        self._signals = signals
        self._write = write
        self._printer = printer
        self._reports = None if manager is None else self._report_to(manager)
        self._reloading: threading.Thread | None = None
        self._reloads_done = 0
        self._failure: TimmyError | None = None

    def run(self) -> None:
        """Run the foreground.

        Raises:
            TimmyError: the tree gave up, or a part did not restart with a new configuration.
        """
        if self._reports is not None:
            self._reports.ready()
        # Not `stop.wait`: a signal that interrupts it has its handler wait for the event's lock for ever.
        while not self._signals.stop.is_set() and self._failure is None and not self._runtime.wait(WATCH_EVERY_S):
            self._look()
        if self._reports is not None:
            self._reports.stopping()
        if self._signals.stop.is_set():
            self._write("stopping ...")
        self._runtime.stop()
        if self._reloading is not None:
            self._reloading.join()
        self._raise_failure()
        self._write("stopped")

    def _report_to(self, manager: ServiceManager) -> ServiceReports:
        return ServiceReports(manager, self._runtime.liveness(), self._runtime.status, clock=time.monotonic)

    def _look(self) -> None:
        self._printer.look()
        if self._reports is None:
            return
        self._reports.look()
        if self._reloading is not None and not self._reloading.is_alive():
            self._reloading = None
            self._reports.ready()
        if self._reloading is None and self._reloads_done < self._signals.reloads_wanted:
            self._reloads_done = self._signals.reloads_wanted
            self._reports.reloading()
            # In a thread: the watchdog is answered while an actor takes its time to stop.
            self._reloading = threading.Thread(target=self._reload, name="reload")
            self._reloading.start()

    def _reload(self) -> None:
        try:
            plan = self._runtime.reload()
        except ConfigError as error:
            log.error("the configuration is not applied, and the old one stays in effect: %s", error)  # noqa: TRY400
        except TimmyError as error:
            self._failure = error
        else:
            log.log(logging.WARNING if plan.needs_restart else logging.INFO, "reloaded: %s", plan.describe())

    def _raise_failure(self) -> None:
        if self._runtime.failure is not None:
            written = [*dump_flight(self._runtime), write_crash_report(self._runtime)]
            raise TimmyError("\n  ".join([*self._runtime.exit_report(), *written]))
        if self._failure is not None and not self._signals.stop.is_set():
            raise self._failure

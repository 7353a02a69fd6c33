"""A stand-in for systemd: a real notification socket, and a restart of the service whose watchdog is not answered."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from tests.waiting import eventually

LOOK_EVERY_S = 0.05


class ServiceManagerStandIn:
    """Runs a command as a service with `Type=notify` and `Restart=on-watchdog`."""

    def __init__(self, folder: Path, command: Sequence[str], *, watchdog_s: float | None = None) -> None:
        self._command = list(command)
        self._watchdog_s = watchdog_s
        self.path = folder / "notify"
        self.log = folder / "service.log"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._socket.settimeout(LOOK_EVERY_S)
        self.messages: list[tuple[int, dict[str, str]]] = []
        """The received messages: the number of the service's start, and the fields."""
        self.starts = 0
        self._restarts = False
        """Whether it has ended the service at least once."""
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._start()
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._ending.set()
        self._thread.join()
        self.process.terminate()
        try:
            self.process.wait(60)
        finally:
            self.process.kill()
            self.process.wait()
            self._socket.close()

    def received(self, start: int, name: str) -> list[str]:
        """The values of a field that one start of the service has sent."""
        return [fields[name] for number, fields in tuple(self.messages) if number == start and name in fields]

    def wait_for(self, name: str, *, start: int = 1, count: int = 1) -> list[str]:
        """Wait until a start of the service has sent a field so often."""

        def look() -> list[str]:
            assert self._restarts or self.process.poll() is None, self.log.read_text()
            values = self.received(start, name)
            return values if len(values) >= count else []

        return eventually(look)

    def _start(self) -> None:
        environment = {**os.environ, "NOTIFY_SOCKET": str(self.path)}
        if self._watchdog_s is not None:
            environment["WATCHDOG_USEC"] = str(round(self._watchdog_s * 1e6))
        self.starts += 1
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self._command, stdout=log, stderr=log, env=environment)
        self._fed_at: float | None = None

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                text = self._socket.recv(65536).decode()
            except TimeoutError:
                self._restart_if_overdue()
                continue
            fields = dict(line.split("=", 1) for line in text.splitlines())
            self.messages.append((self.starts, fields))
            if fields.keys() & {"READY", "WATCHDOG"}:
                self._fed_at = time.monotonic()

    def _restart_if_overdue(self) -> None:
        if self._watchdog_s is None or self._fed_at is None:
            return
        if time.monotonic() - self._fed_at > self._watchdog_s:
            self._restarts = True
            self.process.send_signal(signal.SIGABRT)
            self.process.wait(60)
            self._start()

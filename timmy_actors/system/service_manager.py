"""Messages to a service manager such as systemd over its notification socket (sd_notify(3))."""

from __future__ import annotations

import os
import socket
from collections.abc import MutableMapping
from typing import Self

SOCKET, WATCHDOG_PERIOD, WATCHDOG_PROCESS = "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"
LONGEST_VALUE = 1_000
"""Characters of a field: a datagram with more than the system's limit would be lost."""


class ServiceManager:
    """The notification socket of the service manager that started this process.

    Each message is sent to the socket's path, not over a connection: a manager that binds the socket again still
    receives it. Sending never blocks.
    """

    def __init__(self, address: str, *, watchdog_s: float | None = None) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address  # unix(7): an abstract socket
        self.watchdog_s = watchdog_s
        """The manager restarts this process if no `WATCHDOG=1` arrives for this time; None: it does not watch."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    @classmethod
    def take(cls, environment: MutableMapping[str, str] = os.environ) -> Self | None:
        """The manager named in the environment, or None. Removes its variables: they are not for child processes."""
        address = environment.pop(SOCKET, "")
        period, process = environment.pop(WATCHDOG_PERIOD, ""), environment.pop(WATCHDOG_PROCESS, "")
        if not address.startswith(("/", "@")):
            return None
        is_watched = period.isdecimal() and int(period) > 0 and process in ("", str(os.getpid()))
        return cls(address, watchdog_s=int(period) / 1e6 if is_watched else None)

    def send(self, **fields: str | int) -> bool:
        """Send one message of `NAME=value` lines. Returns False if it was not sent: the manager does not read."""
        message = "\n".join(f"{name}={_one_line(str(value))}" for name, value in fields.items())
        try:
            self._socket.sendto(message.encode(errors="replace"), socket.MSG_DONTWAIT, self._address)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Close this process's end."""
        self._socket.close()


def _one_line(value: str) -> str:
    line = "".join(character if character.isprintable() else " " for character in value)
    return line if len(line) <= LONGEST_VALUE else line[: LONGEST_VALUE - 3] + "..."

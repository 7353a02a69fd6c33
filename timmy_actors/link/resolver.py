"""Looks host names up beside everything else: a slow name service holds nobody up."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Callable
from typing import TypeAlias

Hear: TypeAlias = Callable[[str | None], object]
"""Called once with the IPv4 address, or None when no host of that name was found; in another thread."""


class Resolver:
    """Outlives the connections that ask: of one name there is one lookup at a time, however often it is asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, list[Hear]] = {}

    def __call__(self, host: str, hear: Hear) -> None:
        """Look `host` up and tell `hear`."""
        with self._lock:
            asked = self._waiting.setdefault(host, [])
            asked.append(hear)
            if len(asked) > 1:
                return
        threading.Thread(target=self._look_up, args=(host,), name=f"lookup of {host}", daemon=True).start()

    def _look_up(self, host: str) -> None:
        address: str | None = None
        with contextlib.suppress(OSError, UnicodeError):  # no such host, or nobody to ask: it is tried again
            address = str(socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0])
        with self._lock:
            waiting = self._waiting.pop(host)
        for hear in waiting:
            hear(address)


def is_numeric(host: str) -> bool:
    """Whether `host` is an IPv4 address, which needs no looking up."""
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True

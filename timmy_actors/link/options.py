"""How to connect to the game."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from timmy_actors.link.game_socket import OnResolved

HEARTBEAT_TIMEOUT_INTERVALS = 2
"""With three, half of the frozen peers were detected only after more than 3.5 intervals (measured, n=40)."""

Tap = Callable[[Literal["sent", "received", "down"], int, bytes], None]
"""Observes a link: what, the connection's epoch, and the message, or the reason with `down`."""


@dataclass(frozen=True)
class LinkOptions:
    """How to connect to the game."""

    address: Callable[[], str]
    """Called at every start: the embedded world's port may change. Raises `LinkLostError` if it is not known yet."""
    token: Callable[[], str | None]
    """Returns the shared secret for PLAIN, read at every start; None for the NULL mechanism."""
    client: str
    heartbeat_interval_s: float
    resolve: Callable[[str, OnResolved], object]
    """Resolves a host's name without blocking."""
    tap: Tap | None = None
    """Called with every message, and when the link went down; it must not block. One that raises is dropped."""

    @property
    def patience_s(self) -> float:
        """The heartbeat timeout: how long the peer may be silent."""
        return HEARTBEAT_TIMEOUT_INTERVALS * self.heartbeat_interval_s

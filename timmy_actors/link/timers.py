"""The connection's messages to itself: its timers, and the address that was looked up."""

from __future__ import annotations

from dataclasses import dataclass

KNOCK_EVERY_S = 0.01
"""How often a loopback address that refused is tried again."""
KNOCK_FOR_S = 1.0
"""How long, before the supervisor starts another incarnation."""


@dataclass(frozen=True)
class Resolved:
    """The server's IPv4 address; None: its name could not be resolved."""

    address: str | None


@dataclass(frozen=True)
class SendPing:
    """Timer: check that the server answers."""


@dataclass(frozen=True)
class Knock:
    """Timer: check whether a server listens again."""

    until: float
    """When to give up, in monotonic seconds."""
    why: str
    """Why the link is down."""

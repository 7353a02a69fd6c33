"""Messages between the connection actor and the actors that use it."""

from __future__ import annotations

from dataclasses import dataclass

from timmy_actors.protocol import ClientMessage, ServerMessage


@dataclass(frozen=True)
class LinkUp:
    """A connection incarnation received its welcome."""

    epoch: int
    boot: str


@dataclass(frozen=True)
class LinkDown:
    """A connection incarnation that was up has ended."""

    epoch: int
    reason: str


@dataclass(frozen=True)
class Transmit:
    """Send this to the game; dropped if `epoch` is not the connection's current one. The answer goes to `sender`."""

    epoch: int
    sender: str
    message: ClientMessage


@dataclass(frozen=True)
class Received:
    """A message of the game, received by connection incarnation `epoch`."""

    epoch: int
    message: ServerMessage

"""What the connection and those who use it say to each other."""

from __future__ import annotations

from dataclasses import dataclass

from timmy_actors.protocol import ClientMessage, ServerMessage


@dataclass(frozen=True)
class LinkUp:
    """A connection incarnation was welcomed."""

    epoch: int
    boot: str


@dataclass(frozen=True)
class LinkDown:
    """A connection incarnation that had been up has ended."""

    epoch: int
    reason: str


@dataclass(frozen=True)
class Transmit:
    """Send this to the game; dropped when `epoch` is not the connection's any more. The answer goes to `sender`."""

    epoch: int
    sender: str
    message: ClientMessage


@dataclass(frozen=True)
class Received:
    """The game said this, to the connection incarnation `epoch`."""

    epoch: int
    message: ServerMessage

"""What the actors say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from timmy_actors.link.server_clock import ServerClock
from timmy_actors.model.event import GameEvent
from timmy_actors.model.message import ClientMessage, ServerMessage
from timmy_actors.model.perception import PerceptionOutput


@dataclass(frozen=True)
class LinkUp:
    """A connection incarnation was welcomed."""

    epoch: int
    boot: str
    clock: ServerClock


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


@dataclass(frozen=True)
class Do:
    """Carry out a command; answered with its `CommandResult`, or `Refused`.

    `id` is the caller's idempotency key; None has one made.
    """

    name: str
    arguments: dict[str, Any]
    timeout_s: float
    id: str | None = None


@dataclass(frozen=True)
class Happened:
    """Told to listeners: a game event, or a player's new snapshot."""

    event: GameEvent | None = None
    snapshot: PerceptionOutput | None = None

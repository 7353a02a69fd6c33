"""What the actors say to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from timmy_actors.errors import Refused
from timmy_actors.model.endpoint import MAX_TIMEOUT_S
from timmy_actors.model.event import GameEvent
from timmy_actors.model.message import ClientMessage, MessageId, ServerMessage
from timmy_actors.model.perception import PerceptionOutput

_COMMAND_ID: TypeAdapter[str | None] = TypeAdapter(MessageId | None)


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


@dataclass(frozen=True)
class Do:
    """Carry out a command; answered with its `CommandResult`, or `Refused`.

    `id` is the caller's idempotency key; None has one made.

    Raises:
        Refused: `bad_arguments`: no command could be sent under that id, or wait that long.
    """

    name: str
    arguments: dict[str, Any]
    timeout_s: float
    id: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.timeout_s <= MAX_TIMEOUT_S:
            raise Refused("bad_arguments", f"timeout_s: must be above 0 and at most {MAX_TIMEOUT_S:g}", "timeout_s")
        try:
            _COMMAND_ID.validate_python(self.id)
        except ValidationError as error:
            raise Refused(
                "bad_arguments", f"command_id: {error.errors(include_url=False)[0]['msg']}", "command_id"
            ) from error


@dataclass(frozen=True)
class Happened:
    """Told to listeners: a game event, or a player's new snapshot."""

    event: GameEvent | None = None
    snapshot: PerceptionOutput | None = None

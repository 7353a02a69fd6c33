"""What the actors say to each other."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from timmy_actors.errors import Refused
from timmy_actors.protocol._base import MessageId
from timmy_actors.protocol.answer import Push
from timmy_actors.protocol.endpoint import MAX_TIMEOUT_S
from timmy_actors.protocol.event import GameEvent
from timmy_actors.protocol.health import LinkStatus
from timmy_actors.protocol.journal import JournalEntry
from timmy_actors.protocol.message import ClientMessage, ServerMessage
from timmy_actors.protocol.outcome import Revision
from timmy_actors.protocol.perception import PerceptionOutput

_COMMAND_ID: TypeAdapter[str] = TypeAdapter(MessageId)


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

    `id` is the caller's idempotency key; None has one made. `until` "accepted" is answered, with a result without a
    value, once the command is on its way for good.

    Raises:
        Refused: `bad_arguments`: no command could be sent under that id, or wait that long.
    """

    name: str
    arguments: dict[str, Any]
    timeout_s: float
    id: str | None = None
    until: Literal["accepted", "done"] = "done"
    deadline: float = math.inf
    """Monotonic seconds past which it must not be done, where that is sooner than `timeout_s` from now."""
    asked_at: float = field(default_factory=time.monotonic)

    @property
    def due(self) -> float:
        """When it must be done, in monotonic seconds."""
        return min(self.deadline, self.asked_at + self.timeout_s)

    def __post_init__(self) -> None:
        if not 0 < self.timeout_s <= MAX_TIMEOUT_S:
            raise Refused("bad_arguments", f"timeout_s: must be above 0 and at most {MAX_TIMEOUT_S:g}", "timeout_s")
        if self.id is None:
            return
        try:
            _COMMAND_ID.validate_python(self.id)
        except ValidationError as error:
            raise Refused(
                "bad_arguments", f"command_id: {error.errors(include_url=False)[0]['msg']}", "command_id"
            ) from error


@dataclass(frozen=True)
class Await:
    """Asked of the perception: the first snapshot of a player that shows what was done up to `after`, and still holds.

    Answered with it, or `Refused` (`expired`) where none came within `timeout_s`.

    Raises:
        Refused: `bad_arguments`: nothing can be waited for that long.
    """

    player: str
    after: Revision
    timeout_s: float
    asked_at: float = field(default_factory=time.monotonic)

    @property
    def due(self) -> float:
        """Until when it is waited for, in monotonic seconds."""
        return self.asked_at + self.timeout_s

    def __post_init__(self) -> None:
        if not 0 < self.timeout_s <= MAX_TIMEOUT_S:
            raise Refused("bad_arguments", f"timeout_s: must be above 0 and at most {MAX_TIMEOUT_S:g}", "timeout_s")


@dataclass(frozen=True)
class Accept:
    """Told to the journal: take this command in, unless one of its id was before. Answered with `Journaled`."""

    entry: JournalEntry


@dataclass(frozen=True)
class Record:
    """Told to the journal: this became of a command. Answered with `Journaled` once that is settled."""

    entry: JournalEntry


@dataclass(frozen=True)
class Look:
    """Told to the journal: what is known of a command? Answered with `Known`."""

    id: str


@dataclass(frozen=True)
class Resume:
    """Told to the journal: of which commands is it not known what became? Answered with `Resumed`."""


@dataclass(frozen=True)
class Journaled:
    """What is durable now: commands taken in, each with the one of its id that was before, and commands settled."""

    accepted: tuple[tuple[str, JournalEntry | None], ...]
    settled: tuple[str, ...]


@dataclass(frozen=True)
class NotJournaled:
    """What could not be written or looked up, and why."""

    ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Known:
    """What the journal knows of a command."""

    id: str
    entry: JournalEntry | None


@dataclass(frozen=True)
class Resumed:
    """The commands of which it is not known what became."""

    entries: tuple[JournalEntry, ...]


@dataclass(frozen=True)
class JournalUp:
    """The journal can be written (again): what it was told and did not answer is to be said once more."""


@dataclass(frozen=True)
class Happened:
    """Told to listeners: a game event, a player's new snapshot, or that the link came up or went down."""

    event: GameEvent | None = None
    snapshot: PerceptionOutput | None = None
    link: LinkStatus | None = None

    @property
    def player(self) -> str | None:
        """Whom it is about; None: everybody."""
        subject = self.event or self.snapshot
        return None if subject is None else subject.player

    @cached_property
    def json(self) -> bytes:
        """The members of a `Push` as JSON, made once however many are told."""
        return Push(event=self.event, snapshot=self.snapshot, link=self.link).model_dump_json(by_alias=True).encode()

"""The messages of the wire, one model per type; `docs/protocol.md` describes them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, TypeAdapter

from timmy_actors.protocol._base import MAX_INTEGER, Count, ErrorInfo, MessageId, Model, Scope, Traceparent
from timmy_actors.protocol.event import EventName, GameEvent
from timmy_actors.protocol.frame import Frame
from timmy_actors.protocol.perception import SectionName, Sections
from timmy_actors.protocol.server import ClientName, ServerFacts, TickLoad

PROTOCOL_VERSION = 2
"""The newest version of the protocol: its pushes are frames (`protocol/frame.py`)."""
FIRST_VERSION = 1
"""The oldest version that both sides speak: each push is a perception of one player with whole sections."""

PlayerName = Annotated[str, Field(min_length=1, max_length=256)]
Sequence = Annotated[int, Field(ge=1)]
Most = Annotated[int, Field(ge=1, le=256)]
"""The maximum length of the list in a `nearby_*` section."""
DEFAULT_MOST = 64
MAX_RADIUS, DEFAULT_RADIUS = 32_768, 4096
"""Of the `nearby_*` sections and of events, in game units."""
Radius = Annotated[float, Field(gt=0, le=MAX_RADIUS)]


class FromClient(Model):
    """The base of a client's message."""

    scope: ClassVar[Scope | None] = None
    """What the client's token must allow."""


class Hello(FromClient):
    """Start a connection. Results are stored by the client's name, which must survive its restarts, and command id."""

    type: Literal["hello"] = "hello"
    id: MessageId
    protocol: int = FIRST_VERSION
    """The version of the protocol that the client wants; the welcome repeats it."""
    client: ClientName


class Welcome(Model):
    """The server's answer to hello. `now` is its monotonic clock in ms, `boot` the id of its process."""

    type: Literal["welcome"] = "welcome"
    id: MessageId
    protocol: int
    boot: str
    now: Count
    remember_s: float
    server: ServerFacts


class Subscribe(FromClient):
    """Subscribe to pushes; a second subscription replaces the first."""

    scope = "observe"

    type: Literal["subscribe"] = "subscribe"
    id: MessageId
    players: Literal["all"] | tuple[PlayerName, ...] = "all"
    sections: tuple[SectionName, ...]
    rate_hz: Annotated[float, Field(gt=0, le=20)] = 5
    radius: Radius = DEFAULT_RADIUS
    most: Most = DEFAULT_MOST
    events: tuple[EventName, ...] = ()
    event_cells: tuple[PlayerName, ...] | None = None
    """Only events in these cells; None: all."""
    event_radius: Radius | None = None
    """Only events within this distance of a subscribed player, if the server knows the event's place."""


class Subscribed(Model):
    """The active subscription."""

    type: Literal["subscribed"] = "subscribed"
    id: MessageId
    players: Literal["all"] | tuple[PlayerName, ...]
    sections: tuple[SectionName, ...]
    rate_hz: float
    radius: float
    most: int = DEFAULT_MOST
    events: tuple[EventName, ...]
    event_cells: tuple[PlayerName, ...] | None = None
    event_radius: float | None = None


class Observe(FromClient):
    """Request one full snapshot now."""

    scope = "observe"

    type: Literal["observe"] = "observe"
    id: MessageId
    player: PlayerName
    sections: tuple[SectionName, ...] | None = None
    radius: Radius = DEFAULT_RADIUS
    most: Most = DEFAULT_MOST


class Perception(Model):
    """A full snapshot (`full`), or the changes since the player's last push. An answer has `id`, a push has `seq`."""

    type: Literal["perception"] = "perception"
    id: MessageId | None = None
    seq: Sequence | None = None
    player: str
    pid: Count
    now: Count
    revision: Count = 0
    """The last command (`result.revision`) whose effects this shows; a command that moves the player counts only when
    the player has arrived."""
    game_ms: Count | None = None
    """Game time in ms: it stands still while an embedded world is frozen. A live server's is real time."""
    full: bool
    revisions: dict[SectionName, Count]
    sections: Sections


class Command(FromClient):
    """Execute a command. `deadline` is on the server's monotonic clock, in ms: past it the command is not executed."""

    scope = "act"

    type: Literal["command"] = "command"
    id: MessageId
    name: str
    arguments: dict[str, Any]
    deadline: Count
    traceparent: Traceparent | None = None
    """The span that sends it. The result then has the times of the execution."""


ServerMs = Annotated[float, Field(ge=0, le=MAX_INTEGER)]
"""A time on the server's monotonic clock, in ms, with its fraction."""


class ExecutionTimes(Model):
    """When the server executed a command."""

    received: ServerMs
    started: ServerMs
    ended: ServerMs
    """When its outcome was known: later than its function's return if it waits for a player's answer."""


class Result(Model):
    """The outcome of a command: exactly one of `value` and `error`."""

    type: Literal["result"] = "result"
    id: str
    value: dict[str, Any] | None = None
    error: ErrorInfo | None = None
    revision: Count | None = None
    """The number of the command among those that this server process executed, if it was executed."""
    game_ms: Count | None = None
    """The game time at which it was executed, if it was: see `Perception`."""
    times: ExecutionTimes | None = None
    """When it was executed, if the command had a `traceparent`."""


class Ping(FromClient):
    """Check that the game loop is alive."""

    type: Literal["ping"] = "ping"
    id: MessageId


class Pong(Model):
    """The answer to a ping: the server's clock and load."""

    type: Literal["pong"] = "pong"
    id: MessageId
    now: Count
    load: TickLoad


class Event(GameEvent):
    """A game event, pushed."""

    type: Literal["event"] = "event"
    seq: Sequence


class Error(Model):
    """A message that could not be read or executed, and why; `id` is that message's, if it could be read."""

    type: Literal["error"] = "error"
    id: MessageId | None = None
    error: ErrorInfo


ClientMessage = Annotated[Hello | Subscribe | Observe | Command | Ping, Field(discriminator="type")]
ServerMessage = Annotated[
    Welcome | Subscribed | Perception | Frame | Result | Pong | Event | Error, Field(discriminator="type")
]

CLIENT_MESSAGE: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)
SERVER_MESSAGE: TypeAdapter[ServerMessage] = TypeAdapter(ServerMessage)

"""The messages of the wire, one model a type; `docs/protocol.md` describes them in words."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from timmy_actors.protocol._base import Count, ErrorInfo, MessageId, Model
from timmy_actors.protocol.event import EventName, GameEvent
from timmy_actors.protocol.perception import SectionName, Sections

PROTOCOL_VERSION = 1

ClientName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
PlayerName = Annotated[str, Field(min_length=1, max_length=256)]
Sequence = Annotated[int, Field(ge=1)]
Most = Annotated[int, Field(ge=1, le=256)]
"""How many of a kind a `nearby_*` section lists."""
DEFAULT_MOST = 64


Scope = Literal["observe", "act", "chat_command", "raw"]
"""To be told of the game; to give commands; to run the server's chat commands as a player; to give the commands that
reach everything (where the operator allows them)."""


class Hello(Model):
    """A client introduces itself. Its name outlives its restarts: with a command's id it keys the memory of results."""

    type: Literal["hello"] = "hello"
    id: MessageId
    protocol: int = PROTOCOL_VERSION
    client: ClientName


class ServerFacts(Model):
    """What the welcome says about the server."""

    version: str
    bridge: str
    tick_ms: float
    features: tuple[str, ...]
    scopes: tuple[Scope, ...]
    """What this client's token is good for."""
    commands: tuple[str, ...]
    sections: tuple[str, ...]
    events: tuple[str, ...]
    limits: dict[str, float]


class Welcome(Model):
    """The server's answer to hello. `now` is its monotonic clock in ms, `boot` its process's identity."""

    type: Literal["welcome"] = "welcome"
    id: MessageId
    protocol: int
    boot: str
    now: Count
    remember_s: float
    server: ServerFacts


class Subscribe(Model):
    """Ask for pushes; a second one replaces the first."""

    type: Literal["subscribe"] = "subscribe"
    id: MessageId
    players: Literal["all"] | tuple[PlayerName, ...] = "all"
    sections: tuple[SectionName, ...]
    rate_hz: Annotated[float, Field(gt=0, le=20)] = 5
    radius: Annotated[float, Field(gt=0, le=32768)] = 4096
    most: Most = DEFAULT_MOST
    events: tuple[EventName, ...] = ()
    event_cells: tuple[PlayerName, ...] | None = None
    """Only what happens in these cells; None for all."""
    event_radius: Annotated[float, Field(gt=0, le=32768)] | None = None
    """Only what happens that near to a subscribed player, where the server knows a place."""


class Subscribed(Model):
    """The subscription as it is in force."""

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


class Observe(Model):
    """Ask for one full snapshot now."""

    type: Literal["observe"] = "observe"
    id: MessageId
    player: PlayerName
    sections: tuple[SectionName, ...] | None = None
    radius: Annotated[float, Field(gt=0, le=32768)] = 4096
    most: Most = DEFAULT_MOST


class Perception(Model):
    """A snapshot (`full`) or what changed since the last push of this player. An answer has `id`, a push has `seq`."""

    type: Literal["perception"] = "perception"
    id: MessageId | None = None
    seq: Sequence | None = None
    player: str
    pid: Count
    now: Count
    revision: Count = 0
    """Up to which command (`result.revision`) this shows what was done: one that has its player under way is not among
    them until the player has arrived."""
    full: bool
    revisions: dict[SectionName, Count]
    sections: Sections


class Command(Model):
    """Do something. `deadline` is on the server's monotonic clock, in ms: past it the command is not executed."""

    type: Literal["command"] = "command"
    id: MessageId
    name: str
    arguments: dict[str, Any]
    deadline: Count


class Result(Model):
    """What became of a command: exactly one of `value` and `error`."""

    type: Literal["result"] = "result"
    id: str
    value: dict[str, Any] | None = None
    error: ErrorInfo | None = None
    revision: Count | None = None
    """The number of the command among all that this server process was given, where it was done."""


class Ping(Model):
    """Is the game loop alive?"""

    type: Literal["ping"] = "ping"
    id: MessageId


class TickLoad(Model):
    """How the server's loop does since the last pong: means and worst cases, in ms."""

    tick_ms: float
    tick_max_ms: float
    poll_ms: float
    poll_max_ms: float
    budget_ms: float = 0
    """What one poll of the bridge may take before it puts the rest off."""
    polls: Count = 0
    deferred: Count = 0
    """How many of the polls used up their budget: what was left waited for the next."""
    peers: Count


class Pong(Model):
    """It is: its clock, and its load."""

    type: Literal["pong"] = "pong"
    id: MessageId
    now: Count
    load: TickLoad


class Event(GameEvent):
    """A game event, pushed."""

    type: Literal["event"] = "event"
    seq: Sequence


class Error(Model):
    """What could not be understood or done, and why, with the `id` of the message at fault where that could be read."""

    type: Literal["error"] = "error"
    id: MessageId | None = None
    error: ErrorInfo


ClientMessage = Annotated[Hello | Subscribe | Observe | Command | Ping, Field(discriminator="type")]
ServerMessage = Annotated[
    Welcome | Subscribed | Perception | Result | Pong | Event | Error, Field(discriminator="type")
]

CLIENT_MESSAGE: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)
SERVER_MESSAGE: TypeAdapter[ServerMessage] = TypeAdapter(ServerMessage)

"""The daemon's health, as `status` shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from timmy_actors.protocol._base import Count, Model
from timmy_actors.protocol.heartbeat_status import HeartbeatStatus
from timmy_actors.protocol.journal import JournalStatus
from timmy_actors.protocol.portal_status import PortalStatus
from timmy_actors.protocol.server import ServerFacts, TickLoad

Verdict = Literal["ok", "degraded", "down"]


class LinkStatus(Model):
    """The link to the game."""

    state: Literal["resolving", "connecting", "handshaking", "greeting", "up", "suspect", "down"]
    address: str = ""
    epoch: int = 0
    """The connection incarnation of this status."""
    since: datetime | None = None
    """When this state began, UTC."""
    reason: str | None = None
    """Why it is down."""
    up_after_ms: float | None = None
    """How long the last link took from the socket's opening to the welcome."""
    round_trip_ms: float | None = None
    boot: str | None = None
    server_clock_ms: float | None = None
    """The server's monotonic clock minus this host's, in ms."""
    remember_s: float | None = None
    """The minimum time that the server stores a command's result."""
    server: ServerFacts | None = None
    load: TickLoad | None = None
    """The load of the server's loop, from its last pong."""

    @property
    def carries(self) -> bool:
        """Whether messages can be sent: the link is up, or suspected to be down."""
        return self.state in ("up", "suspect")


class WorldStatus(Model):
    """The embedded world's process."""

    state: Literal["starting", "up", "down"]
    pid: int | None = None
    port: int | None = None
    token_file: str | None = None
    frozen_by: str | None = None
    """Who froze the world's time, when its clock was last called."""


class PlayerClientStatus(Model):
    """The player without a game that is logged in to a TES3MP server."""

    state: Literal["connecting", "logging_in", "in_world", "waiting", "refused", "down"]
    """`waiting`: it tries again after minutes; `refused`: only when something was corrected."""
    server: str
    """HOST:PORT."""
    name: str
    epoch: int = 0
    """The connection incarnation of this status."""
    since: datetime | None = None
    """When this state began, UTC."""
    code: str | None = None
    """Why it is not in the world, as one word."""
    reason: str | None = None
    """The same in a sentence, with what to do."""
    login_ms: float | None = None
    """How long the last login took from the first datagram."""
    round_trip_ms: float | None = None
    cells: tuple[str, ...] = ()
    """The cells that it has loaded."""
    authority: tuple[str, ...] = ()
    """Those whose actors the server expects it to move; it moves none, so they stand still on every client."""
    malformed: int = 0
    """Datagrams and packets that could not be read."""
    resent: int = 0
    """Frames that were sent again."""


class GameDataStatus(Model):
    """The index of the game's data files."""

    state: Literal["indexing", "up", "off"]
    files: Count = 0
    progress: float = 0
    """The share of the files that was read, from 0 to 1, while they are indexed."""
    faults: tuple[str, ...] = ()
    """What is wrong in the files, each with its record and offset."""
    reason: str | None = None
    """Why it is off."""


class HttpStatus(Model):
    """The HTTP server."""

    state: Literal["starting", "up", "down"]
    url: str
    """Where it listens, or is to listen."""
    token_file: str
    """The file with the bearer token that its clients need."""
    reason: str | None = None
    """Why it is down."""


class ActorHealth(Model):
    """One actor's health, read without asking it."""

    name: str
    parent: str | None
    state: str
    generation: int
    restarts: int
    last_reason: str | None
    mailbox_depth: int
    busy_s: float | None = None
    """How long it has been handling its current message; None while it is idle."""
    busy_with: str | None = None
    """The type of its current message."""


class DeadLetterHealth(Model):
    """A message that reached no actor, without its content."""

    to: str
    kind: str
    why: str
    age_s: float


class PerceptionHealth(Model):
    """One player's snapshot: its age, and whether it is stale."""

    player: str
    age_s: float
    stale: bool


class Health(Model):
    """The daemon's health: a verdict, the reasons for it, and the state of each part."""

    verdict: Verdict
    reasons: tuple[str, ...]
    version: str
    pid: int
    endpoint: str
    started: datetime
    timestamp: datetime
    portal: str
    portal_status: PortalStatus | None = None
    link: LinkStatus
    world: WorldStatus | None
    journal: JournalStatus = JournalStatus(state="off")
    player_client: PlayerClientStatus | None = None
    """None: it is disabled."""
    http: HttpStatus | None = None
    """None: it is disabled."""
    heartbeat: HeartbeatStatus | None = None
    """None: it is disabled."""
    game_data: GameDataStatus | None = None
    """The index of the game's data files; None: no files are configured."""
    perceptions: tuple[PerceptionHealth, ...]
    players_left_out: int = 0
    """How many players are not perceived, because the server has more than the limit."""
    actors: tuple[ActorHealth, ...]
    abandoned: int = 0
    """Abandoned hung actors that still hold a thread."""
    dead_letters: int
    """The number of messages that reached no actor."""
    latest_dead_letters: tuple[DeadLetterHealth, ...] = ()

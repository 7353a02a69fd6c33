"""How the daemon does: what `status` shows."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from timmy_actors.protocol._base import Model
from timmy_actors.protocol.journal import JournalStatus
from timmy_actors.protocol.message import ServerFacts, TickLoad
from timmy_actors.protocol.portal import PortalStatus

Verdict = Literal["ok", "degraded", "down"]


class LinkStatus(Model):
    """The link to the game."""

    state: Literal["resolving", "connecting", "handshaking", "greeting", "up", "suspect", "down"]
    address: str = ""
    epoch: int = 0
    """The connection incarnation this is about."""
    since: datetime | None = None
    """When it came into this state, UTC."""
    reason: str | None = None
    """Why it is down, in words."""
    up_after_ms: float | None = None
    """How long the last link took from the socket's opening to the welcome."""
    round_trip_ms: float | None = None
    boot: str | None = None
    server_clock_ms: float | None = None
    """The server's monotonic clock less this host's, in ms."""
    remember_s: float | None = None
    """How long the server remembers a command's result at least."""
    server: ServerFacts | None = None
    load: TickLoad | None = None
    """The server's own loop, as of its last pong."""

    @property
    def carries(self) -> bool:
        """Whether messages go over it: it is up, if only to be doubted."""
        return self.state in ("up", "suspect")


class WorldStatus(Model):
    """The embedded world's process."""

    state: Literal["starting", "up", "down"]
    pid: int | None = None
    port: int | None = None
    token_file: str | None = None


class ActorHealth(Model):
    """One actor, read without asking it."""

    name: str
    parent: str | None
    state: str
    generation: int
    restarts: int
    last_reason: str | None
    mailbox_depth: int
    busy_s: float | None = None
    """How long it has been handling one message; None while it waits for one."""
    busy_with: str | None = None
    """That message's type."""


class DeadLetterHealth(Model):
    """A message that nobody was there to take, without what it said."""

    to: str
    kind: str
    why: str
    age_s: float


class PerceptionHealth(Model):
    """One player's snapshot: how old, and whether it still holds."""

    player: str
    age_s: float
    stale: bool


class Health(Model):
    """Everything that tells whether the daemon does its work: a verdict, and the reasons for it."""

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
    perceptions: tuple[PerceptionHealth, ...]
    players_left_out: int = 0
    """How many players the game server named beyond those who can be kept."""
    actors: tuple[ActorHealth, ...]
    abandoned: int = 0
    """Hung actors that were left behind and still hold a thread."""
    dead_letters: int
    """Messages that nobody was there to take."""
    latest_dead_letters: tuple[DeadLetterHealth, ...] = ()

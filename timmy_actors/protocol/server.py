"""What the game server says of itself: its facts in the welcome, its load in each pong."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.protocol._base import Count, Model, Scope
from timmy_actors.protocol.patterns import CLIENT_NAME

ClientName = Annotated[str, Field(min_length=1, max_length=64, pattern=CLIENT_NAME)]


class ServerFacts(Model):
    """The server's description of itself in the welcome."""

    version: str
    bridge: str
    tick_ms: float
    features: tuple[str, ...]
    scopes: tuple[Scope, ...]
    """The scopes of this client's token."""
    commands: tuple[str, ...]
    sections: tuple[str, ...]
    events: tuple[str, ...]
    limits: dict[str, float]
    bots_at: str | None = None
    """The game server's own address, HOST:PORT, if its operator wants load by bots there."""


class SectionCost(Model):
    """What a section cost in pushes to all subscribers since the last pong."""

    ms: float
    reads: Count
    """How often it was wanted; most of these times a reading of a moment ago is used again."""


class SubscriberLoad(Model):
    """The pushes of one subscriber of the bridge between two of its pings."""

    client: ClientName
    interval_s: float
    pushes: Count
    bytes: Count
    late_ms: float
    """How late the pushes were, on average, after the time that the subscription's rate asks for."""
    late_max_ms: float


class TickLoad(Model):
    """The load of the server's loop since the last pong: means and maxima, in ms."""

    tick_ms: float
    tick_max_ms: float
    poll_ms: float
    poll_max_ms: float
    budget_ms: float = 0
    """The time budget of one poll of the bridge; the rest is deferred."""
    polls: Count = 0
    deferred: Count = 0
    """How many polls used up their budget and deferred work to the next."""
    peers: Count
    sections: dict[str, SectionCost] = Field(default_factory=dict)
    subscribers: tuple[SubscriberLoad, ...] = ()

    @property
    def share(self) -> float:
        """The bridge's share of the loop's time, from 0 to 1."""
        return self.poll_ms / self.tick_ms if self.tick_ms > 0 else 0.0

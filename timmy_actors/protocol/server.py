"""What the game server says of itself: its facts in the welcome, its load in each pong."""

from __future__ import annotations

from timmy_actors.protocol._base import Count, Model, Scope


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

"""The health of one actor, from its entry in the directory: without asking it."""

from __future__ import annotations

from timmy_actors.protocol import ActorHealth
from timmy_actors.supervision import Entry


def actor_health(entry: Entry, now: float) -> ActorHealth:
    """The health of the actor of `entry`; `now` is the time of the directory's clock."""
    busy_since, message = (entry.actor.actor_busy_since, entry.actor.actor_current) if entry.actor else (None, None)
    return ActorHealth(
        name=entry.name,
        parent=entry.parent,
        state=entry.state.value,
        generation=entry.generation,
        restarts=entry.restarts,
        last_reason=entry.last_reason,
        mailbox_depth=entry.depth,
        busy_s=None if busy_since is None else round(now - busy_since, 3),
        busy_with=None if busy_since is None else type(message).__name__,
    )

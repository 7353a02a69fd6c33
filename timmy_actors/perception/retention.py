"""Which snapshots are kept, so that a daemon that runs for months does not remember everybody. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from timmy_actors.protocol import LinkStatus, Perception, PerceptionOutput, Revision


def merge(
    previous: PerceptionOutput | None, perception: Perception, *, boot: str, epoch: int
) -> PerceptionOutput | None:
    """The snapshot after `perception`, or None when it is a delta and there is nothing of this epoch to add it to."""
    fresh = _sections(perception)
    told: dict[str, int] = {str(name): count for name, count in perception.revisions.items()}
    if perception.full:
        base: dict[str, Any] = {}
        revisions: dict[str, int] = {}
    elif previous is not None and (previous.boot, previous.epoch) == (boot, epoch):
        base = {name: getattr(previous, name) for name in previous.revisions}
        revisions = previous.revisions
    else:
        return None
    return PerceptionOutput(
        **{**base, **fresh},
        player=perception.player,
        pid=perception.pid,
        boot=boot,
        epoch=epoch,
        revision=perception.revision,
        revisions={**revisions, **told},
        timestamp=datetime.now(UTC),
    )


def mark_stale(snapshot: PerceptionOutput, reason: str) -> PerceptionOutput:
    """The same snapshot, known not to hold any more; the first reason stays."""
    if snapshot.stale:
        return snapshot
    return snapshot.model_copy(update={"stale": True, "stale_reason": reason})


def as_of(snapshot: PerceptionOutput, link: LinkStatus) -> PerceptionOutput:
    """The snapshot as it stands with this link: what an older one brought, or one that is down, may not hold now."""
    if not link.carries:
        return mark_stale(snapshot, f"the link is down: {link.reason or link.state}")
    if snapshot.epoch != link.epoch:
        return mark_stale(snapshot, "not perceived again since the link came back")
    return snapshot


def shows(snapshot: PerceptionOutput, after: Revision) -> bool:
    """Whether a snapshot shows what a command produced. One that holds and is of another server process came later."""
    if snapshot.stale:
        return False
    return snapshot.boot != after.boot or snapshot.revision >= after.number


def _sections(perception: Perception) -> dict[str, Any]:
    sections = perception.sections
    return {name: getattr(sections, name) for name in sections.model_fields_set}


KEEP_GONE_S = 600.0
"""How long the last snapshot of a player who left can still be read."""
MAX_PLAYERS = 128
"""Players whose snapshots are kept: more than a busy server has, and all that ever new names can fill."""


def of_boot(snapshots: Mapping[str, PerceptionOutput], boot: str, *, player: str) -> dict[str, PerceptionOutput]:
    """Those of this server process, and `player`'s: another boot is another world's history."""
    return {name: snapshot for name, snapshot in snapshots.items() if name == player or snapshot.boot == boot}


def gone_since(
    snapshots: Mapping[str, PerceptionOutput], epoch: int, known: Mapping[str, float], *, now: float
) -> dict[str, float]:
    """Since when each player is known to be gone: one that left, or was not perceived again over this link.

    `known` is what this said the last time; times are monotonic seconds.
    """
    return {name: known.get(name, now) for name, snapshot in snapshots.items() if _is_gone(snapshot, epoch)}


def worth_keeping(
    snapshots: Mapping[str, PerceptionOutput], gone: Mapping[str, float], *, player: str, now: float
) -> dict[str, PerceptionOutput]:
    """Those of players who are there, or were not long ago, and `player`'s."""
    return {
        name: snapshot
        for name, snapshot in snapshots.items()
        if name == player or now - gone.get(name, now) < KEEP_GONE_S
    }


def room_for(
    name: str, snapshots: Mapping[str, PerceptionOutput], heard_at: Mapping[str, float], *, player: str, epoch: int
) -> Mapping[str, PerceptionOutput] | None:
    """The snapshots that stay beside one of `name`; None: there is no room for it.

    Who left, or was not perceived over this link, gives way: the one that was heard of longest ago first. `player`
    always finds room.
    """
    if name in snapshots or name == player or len(snapshots) < MAX_PLAYERS:
        return snapshots
    gone = [other for other, snapshot in snapshots.items() if _is_gone(snapshot, epoch) and other != player]
    if not gone:
        return None
    oldest = min(gone, key=lambda other: heard_at.get(other, 0.0))
    return {other: snapshot for other, snapshot in snapshots.items() if other != oldest}


def _is_gone(snapshot: PerceptionOutput, epoch: int) -> bool:
    return snapshot.stale or snapshot.epoch != epoch

"""Rules for merging, staleness and retention of snapshots; they bound the memory of a long-running daemon. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from timmy_actors.perception.merged import Merged, Snapshot
from timmy_actors.protocol import LinkStatus, Perception, PerceptionOutput, Revision

KEEP_GONE_S = 600.0
"""How long the last snapshot of an absent player is retained."""
MAX_PLAYERS = 128
"""The highest number of stored snapshots: above the players of a busy server, a limit against invented names."""


def merge(
    previous: PerceptionOutput | None, perception: Perception, *, boot: str, epoch: int
) -> PerceptionOutput | None:
    """The snapshot after `perception`; None if it is a delta without a base snapshot of this boot and epoch."""
    fresh = _sections(perception)
    updated: dict[str, int] = {str(name): count for name, count in perception.revisions.items()}
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
        game_ms=perception.game_ms,
        revisions={**revisions, **updated},
        timestamp=datetime.now(UTC),
    )


AnySnapshot = TypeVar("AnySnapshot", bound=Snapshot)


def mark_stale(snapshot: AnySnapshot, reason: str) -> AnySnapshot:
    """A copy marked stale; a snapshot that is already stale keeps its first reason."""
    if snapshot.stale:
        return snapshot
    if isinstance(snapshot, Merged):
        return cast("AnySnapshot", snapshot.as_stale(reason))
    return snapshot.model_copy(update={"stale": True, "stale_reason": reason})


def as_of(snapshot: AnySnapshot, link: LinkStatus) -> AnySnapshot:
    """The snapshot, marked stale if the link is down or if an earlier link delivered it."""
    if not link.carries:
        return mark_stale(snapshot, f"the link is down: {link.reason or link.state}")
    if snapshot.epoch != link.epoch:
        return mark_stale(snapshot, "not perceived again since the link came back")
    return snapshot


def shows(snapshot: Snapshot, after: Revision) -> bool:
    """Whether a snapshot includes revision `after`. A fresh snapshot of another server process is always later."""
    if snapshot.stale:
        return False
    return snapshot.boot != after.boot or snapshot.revision >= after.number


def _sections(perception: Perception) -> dict[str, Any]:
    sections = perception.sections
    return {name: getattr(sections, name) for name in sections.model_fields_set}


def of_boot(snapshots: Mapping[str, Snapshot], boot: str, *, player: str) -> dict[str, Snapshot]:
    """The snapshots of this server process, and `player`'s last one whatever its boot."""
    return {name: snapshot for name, snapshot in snapshots.items() if name == player or snapshot.boot == boot}


def absent_since(
    snapshots: Mapping[str, Snapshot], epoch: int, known: Mapping[str, float], *, now: float
) -> dict[str, float]:
    """Since when each absent player has been absent: a player that left, or was not perceived over this link.

    `known` is the previous result; times are monotonic seconds.
    """
    return {name: known.get(name, now) for name, snapshot in snapshots.items() if _is_absent(snapshot, epoch)}


def without_expired(
    snapshots: Mapping[str, Snapshot], absent: Mapping[str, float], *, player: str, now: float
) -> dict[str, Snapshot]:
    """The snapshots of players absent for less than KEEP_GONE_S, and `player`'s."""
    return {
        name: snapshot
        for name, snapshot in snapshots.items()
        if name == player or now - absent.get(name, now) < KEEP_GONE_S
    }


def make_room(
    name: str, snapshots: Mapping[str, Snapshot], received_at: Mapping[str, float], *, player: str, epoch: int
) -> Mapping[str, Snapshot] | None:
    """The snapshots to retain beside one of `name`; None if there is no room for it.

    At the limit, the absent player whose snapshot was received longest ago is removed. `player` always has room.
    """
    if name in snapshots or name == player or len(snapshots) < MAX_PLAYERS:
        return snapshots
    absent = [other for other, snapshot in snapshots.items() if _is_absent(snapshot, epoch) and other != player]
    if not absent:
        return None
    oldest = min(absent, key=lambda other: received_at.get(other, 0.0))
    return {other: snapshot for other, snapshot in snapshots.items() if other != oldest}


def _is_absent(snapshot: Snapshot, epoch: int) -> bool:
    return snapshot.stale or snapshot.epoch != epoch

"""Full snapshots and deltas to one immutable snapshot. Pure."""

from __future__ import annotations

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

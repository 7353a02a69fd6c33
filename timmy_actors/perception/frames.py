"""Merges the frames of protocol version 2: the table of entities of a connection, and the players' states. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from timmy_actors.perception.merged import Known, Merged, Nearby
from timmy_actors.protocol import (
    NEARBY,
    SECTION_MODELS,
    Entity,
    EntityChanges,
    FramePerception,
    Gauge,
    Model,
    NearbyChanges,
    PlacedObject,
)

Entities = dict[int, Known]
"""The entities of a connection by key. Its values never change, so merged states may hold them."""
MAX_ENTITIES = 65_536
"""The most entities of a table: above what the bridge lists for MAX_PLAYERS players, a limit against invented keys."""


def apply_changes(entities: Entities, changes: EntityChanges) -> None:
    """Bring a table up to date. A change of an unknown entity is ignored: its beginning was lost. So is an entity for
    which there is no room: a perception that lists it is not merged."""
    for key in changes.removed:
        entities.pop(key, None)
    for entity in changes.whole:
        if entity.key in entities or len(entities) < MAX_ENTITIES:
            entities[entity.key] = _known(entity)
    for key, x, y, z in changes.moved:  # not `_replace`, which takes four times as long
        if (known := entities.get(key)) is not None:
            entities[key] = Known(key, known.subject, x, y, z, known.health)
    for key, current, base in changes.harmed:
        if (known := entities.get(key)) is not None:
            health = Gauge.model_construct(current=current, base=base)
            entities[key] = Known(key, known.subject, known.x, known.y, known.z, health)


def _known(entity: Entity) -> Known:
    subject = entity.subject
    health = None if isinstance(subject, PlacedObject) else subject.health
    return Known(entity.key, subject, subject.x, subject.y, subject.z, health)


def merge_frame(
    previous: Merged | None,
    perception: FramePerception,
    entities: Mapping[int, Known],
    *,
    boot: str,
    epoch: int,
    game_ms: int | None,
) -> Merged | None:
    """A player's state after a frame whose entities are in the table; None if a part that it builds on is missing: a
    base state of this boot and epoch, or an entity."""
    if not perception.full and (previous is None or (previous.boot, previous.epoch) != (boot, epoch)):
        return None
    base = None if perception.full else previous
    try:
        nearby = dict(_nearby(base, perception, entities))
    except KeyError:
        return None
    sections, revisions = _sections(base, perception)
    for name, listed in nearby.items():
        revisions[name] = _nearby_revision(previous, name, listed, sections)
    player = perception.player or (base.player if base else "")
    revision = perception.revision if perception.revision is not None else base.revision if base else 0
    cadence = perception.cadence or (base.cadence if base else None)
    return Merged(player, perception.pid, boot, epoch, revision, game_ms, cadence, revisions, sections, nearby)


def _nearby(
    base: Merged | None, perception: FramePerception, entities: Mapping[int, Known]
) -> Iterator[tuple[str, Nearby]]:
    for name in NEARBY:
        before = base.nearby.get(name) if base else None
        changes: NearbyChanges | None = getattr(perception.sections, name)
        if before is not None or changes is not None:
            yield name, _listed(before or Nearby(), changes, entities)


def _listed(before: Nearby, changes: NearbyChanges | None, entities: Mapping[int, Known]) -> Nearby:
    if changes is None:
        return Nearby(tuple([entities[known.key] for known in before.entities]), before.left_out)
    gone = set(changes.removed)
    keys = [known.key for known in before.entities if known.key not in gone]
    return Nearby(tuple([entities[key] for key in (*keys, *changes.added)]), changes.left_out)


def _nearby_revision(previous: Merged | None, name: str, listed: Nearby, sections: Mapping[str, Model]) -> int:
    """Counts the changes of a section, its distances included: they change with the player's position."""
    if previous is None:
        return 1
    count = previous.revisions.get(name, 0)
    is_same = previous.nearby.get(name) == listed and previous.sections.get("position") == sections.get("position")
    return count if is_same else count + 1


def _sections(base: Merged | None, perception: FramePerception) -> tuple[dict[str, Model], dict[str, int]]:
    sections = dict(base.sections) if base else {}
    revisions = dict(base.revisions) if base else {}
    changed = perception.sections
    for name in changed.model_fields_set:
        if name not in NEARBY and (change := getattr(changed, name)) is not None:
            revisions[name], members = change
            sections[name] = _section(SECTION_MODELS[name], sections.get(name), members)
    return sections, revisions


def _section(model: type[Model], before: Model | None, members: Model) -> Model:
    """A section with changed members; a member that is gone has its default again."""
    fields = {name: _member(model, name, members) for name in members.model_fields_set}
    return model.model_construct(**fields) if before is None else before.model_copy(update=fields)


def _member(model: type[Model], name: str, members: Model) -> Any:
    value = getattr(members, name)
    return model.model_fields[name].get_default(call_default_factory=True) if value is None else value

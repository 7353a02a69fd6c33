"""What later frames of the bridge's protocol (version 2) build on: each entity and each player's state, whole, as a
frame of its own. On raw JSON, without I/O."""

from __future__ import annotations

from typing import Any

Message = dict[str, Any]

ENTITY, SLOT = "entity ", "slot "
"""The beginnings of the keys of an entity's frame and of a player's."""
KINDS = ("actor", "player", "object")


def remember_frame(base: dict[str, Message], push: Message) -> None:
    """Bring what is known up to date with a frame."""
    changes = _object(push, "entities")
    for key in _list(changes, "removed"):
        base.pop(f"{ENTITY}{key}", None)
    for entity in _list(changes, "whole"):
        base[f"{ENTITY}{entity.get('key')}"] = _frame(push, entity=entity)
    for key, *place in _list(changes, "moved"):
        _change(base, key, dict(zip("xyz", place, strict=False)))
    for key, *health in _list(changes, "harmed"):
        _change(base, key, {"health": dict(zip(("current", "base"), health, strict=False))})
    for perception in _list(push, "perceptions"):
        key = f"{SLOT}{perception.get('pid')}"
        known = {} if perception.get("full") or key not in base else base[key]["perceptions"][0]
        base[key] = _frame(push, perception=_merged(known, perception))


def forget_frames(base: dict[str, Message]) -> None:
    """Remove what was remembered: entities and players are sent whole again."""
    for key in [key for key in base if key.startswith((ENTITY, SLOT))]:
        del base[key]


def in_order(base: dict[str, Message]) -> list[Message]:
    """The remembered messages in an order in which a client can take them: entities before what lists them."""
    return [base[key] for key in sorted(base, key=lambda key: not key.startswith(ENTITY)) if key != "welcome"]


def _frame(push: Message, *, entity: Message | None = None, perception: Message | None = None) -> Message:
    fields = {name: value for name, value in push.items() if name not in ("entities", "perceptions")}
    whole = [] if entity is None else [entity]
    return {**fields, "entities": {"whole": whole}, "perceptions": [] if perception is None else [perception]}


def _change(base: dict[str, Message], key: Any, members: Message) -> None:
    known = base.get(f"{ENTITY}{key}")
    if known is not None:
        (entity,) = known["entities"]["whole"]
        changed = {name: {**value, **members} if name in KINDS else value for name, value in entity.items()}
        base[f"{ENTITY}{key}"] = {**known, "entities": {"whole": [changed]}}


def _merged(known: Message, perception: Message) -> Message:
    sections = dict(_object(known, "sections"))
    for name, change in _object(perception, "sections").items():
        sections[name] = _section(sections.get(name), change)
    return {**known, **perception, "sections": sections}


def _section(before: Any, change: Any) -> Any:
    match before, change:
        case [_, dict(old)], [revision, dict(new)]:
            return [revision, {name: value for name, value in {**old, **new}.items() if value is not None}]
        case dict(old), dict(new):
            gone = set(_list(new, "removed"))
            keys = [key for key in _list(old, "added") if key not in gone] + _list(new, "added")
            return {"added": keys, "left_out": new.get("left_out", 0)}
    return change


def _object(message: Message, name: str) -> Message:
    value = message.get(name)
    return value if isinstance(value, dict) else {}


def _list(message: Message, name: str) -> list[Any]:
    value = message.get(name)
    return value if isinstance(value, list) else []

"""Adds what the game's data files say to perceptions and events: names, quest texts, destinations, owners."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from timmy_actors.errors import GameDataError
from timmy_actors.gamedata import Library
from timmy_actors.protocol import (
    Actor,
    Books,
    Entity,
    Event,
    Factions,
    Item,
    Journal,
    Model,
    Perception,
    PlacedObject,
    Quests,
    Spells,
)

log = logging.getLogger(__name__)


def add_words(perception: Perception, library: Library) -> None:
    """Add words to a perception that was just received: it is not shared yet, so it is changed in place.

    An index that cannot be read adds nothing.
    """
    sections = perception.sections
    _add_to_sections(sections.model_fields_set, sections.__dict__, library)


def add_words_to_sections(sections: Mapping[str, Model], library: Library) -> None:
    """Add words to sections that were just merged."""
    _add_to_sections(sections, sections, library)


def add_words_to_entities(entities: Sequence[Entity], library: Library) -> None:
    """Add words to entities that were just received."""
    if not entities:  # mostly, as each comes once
        return
    try:
        _to_named([actor for entity in entities if (actor := entity.actor) is not None], library)
        _to_objects([thing for entity in entities if (thing := entity.object) is not None], library)
    except GameDataError as error:
        log.warning("%s", error)


def _add_to_sections(names: Iterable[str], sections: Mapping[str, Any], library: Library) -> None:
    try:
        for name in names:
            add, section = _SECTIONS.get(name), sections[name]
            if add is not None and section is not None:
                add(section, library)
    except GameDataError as error:
        log.warning("%s", error)


def add_words_to_event(event: Event, library: Library) -> None:
    """Add words to an event that was just received."""
    try:
        _add_to_data(event.data, library)
        for value in event.data.values():
            for entry in value if isinstance(value, list) else ():
                if isinstance(entry, dict):
                    _add_to_data(entry, library)
    except GameDataError as error:
        log.warning("%s", error)


def _add_to_data(data: dict[str, Any], library: Library) -> None:
    match data:
        case {"ref_id": str(ident)} | {"item": str(ident)}:
            _add(data, name=library.name(ident))
        case {"quest": str(quest), "index": int(stage)}:
            _add(data, quest_name=library.quest_name(quest), text=library.stage_text(quest, stage))


def _add(data: dict[str, Any], **words: str | None) -> None:
    for key, word in words.items():
        if word is not None:
            data.setdefault(key, word)


def _put(model: Model, field: str, value: object) -> None:
    """Set a field of a model that is not shared yet. A copy would take longer than decoding the message."""
    if value is not None:
        model.__dict__[field] = value


def _names(idents: Iterable[str], library: Library) -> dict[str, str]:
    return {ident: name for ident in idents if (name := library.name(ident)) is not None}


def _to_named(things: Iterable[Item | Actor], library: Library) -> None:
    known, names = library.names.known, library.names
    for thing in things:
        fields = thing.__dict__
        if fields["name"] is None:
            try:
                fields["name"] = known[fields["ref_id"]]
            except KeyError:
                fields["name"] = names[fields["ref_id"]]


def _to_objects(things: Iterable[PlacedObject], library: Library) -> None:
    named, names = library.names.known, library.names
    cell, here = None, library.placed[""]
    placed = here.known
    for thing in things:  # one loop, as each touch of a model costs
        fields = thing.__dict__
        if fields["name"] is None:
            try:
                fields["name"] = named[fields["ref_id"]]
            except KeyError:
                fields["name"] = names[fields["ref_id"]]
        if fields["cell"] is not cell:  # mostly one object: the decoder remembers short texts
            cell = fields["cell"]
            here = library.placed[cell]
            placed = here.known
        try:
            words = placed[fields["unique_index"]]
        except KeyError:
            words = here[fields["unique_index"]]
        if words is not None:
            fields["leads_to"], fields["owner"] = words


def _to_spells(spells: Spells, library: Library) -> None:
    _put(spells, "names", _names(spells.known, library))


def _to_books(books: Books, library: Library) -> None:
    _put(books, "names", _names(books.books, library))


def _to_factions(factions: Factions, library: Library) -> None:
    _put(factions, "names", _names(factions.factions, library))


def _to_journal(journal: Journal, library: Library) -> None:
    for entry in journal.entries:
        _put(entry, "quest_name", library.quest_name(entry.quest))
        _put(entry, "text", library.stage_text(entry.quest, entry.index))


def _to_quests(quests: Quests, library: Library) -> None:
    fields = quests.__dict__
    fields["names"], fields["texts"] = library.quest_words[tuple(fields["stages"].items())]


_SECTIONS: dict[str, Callable[[Any, Library], None]] = {
    "inventory": lambda section, library: _to_named(section.items, library),
    "equipment": lambda section, library: _to_named(section.slots.values(), library),
    "nearby_actors": lambda section, library: _to_named(section.actors, library),
    "nearby_objects": lambda section, library: _to_objects(section.objects, library),
    "spells": _to_spells,
    "books": _to_books,
    "factions": _to_factions,
    "journal": _to_journal,
    "quests": _to_quests,
}

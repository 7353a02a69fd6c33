"""What the game's data files say is added to what was received, and an index that cannot be read adds nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from timmy_actors.gamedata import Library, build_index
from timmy_actors.perception.words import add_words, add_words_to_event
from timmy_actors.protocol import Event, Perception
from tools.plugin_writer import encode, encode_cell, plugin

HERE = {"x": 1.0, "y": 2.0, "z": 3.0, "pitch": 0.0, "roll": 0.0, "yaw": 0.0}
BEHIND = {"to_x": 1.0, "to_y": 2.0, "to_z": 3.0, "to_pitch": 0.0, "to_roll": 0.0, "to_yaw": 0.0, "to_cell": "Hall"}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    things = [
        {"number": 7, "id": "door", **HERE, **BEHIND},
        {"number": 8, "id": "chest", **HERE, "owner": "jiub"},
    ]
    records = [
        encode(b"NPC_", {"id": "jiub", "name": "Jiub"}),
        encode(b"MISC", {"id": "cup", "name": "Cup"}),
        encode(b"CONT", {"id": "chest", "name": "Chest"}),
        encode(b"DOOR", {"id": "door", "name": "Door"}),
        encode_cell({"name": "Hall", "flags": 1, "x": 0, "y": 0}, []),
        encode_cell({"name": "", "flags": 0, "x": -2, "y": -9}, things),
        encode(b"DIAL", {"id": "quest", "type": 4}),
        encode(b"INFO", {"id": "1", "type": 4, "text": "The Quest", "is_name": True}),
        encode(b"INFO", {"id": "2", "type": 4, "disposition": 10, "text": "It begins."}),
    ]
    (tmp_path / "a.esm").write_bytes(plugin(records))
    build_index([tmp_path / "a.esm"], tmp_path / "index")
    opened = Library(tmp_path / "index")
    yield opened
    opened.close()


def perception(**sections: Any) -> Perception:
    revisions = dict.fromkeys(sections, 1)
    value = {"type": "perception", "player": "Timmy", "pid": 0, "now": 1, "full": True, "sections": sections}
    return Perception.model_validate_json(json.dumps({**value, "revisions": revisions, "seq": 1}))


def event(name: str, **data: Any) -> Event:
    value = {"type": "event", "event": name, "player": "Timmy", "pid": 0, "now": 1, "seq": 1, "data": data}
    return Event.model_validate_json(json.dumps(value))


SPOT = {"cell": "-2, -9", "x": 1, "y": 2, "z": 3, "distance": 5, "bearing": 0}
RECEIVED: dict[str, Any] = {
    "inventory": {"items": [{"ref_id": "CUP", "count": 1}, {"ref_id": "spoon", "count": 1}]},
    "equipment": {"slots": {"carried_right": {"ref_id": "cup", "count": 1}}},
    "nearby_actors": {"actors": [{"unique_index": "1-0", "ref_id": "jiub", **SPOT}]},
    "nearby_objects": {
        "objects": [
            {"unique_index": "7-0", "ref_id": "door", "kind": "door", **SPOT},
            {"unique_index": "8-0", "ref_id": "chest", "kind": "container", "name": "My chest", **SPOT},
        ]
    },
    "spells": {"known": ["cup"]},
    "books": {"books": ["cup", "unknown"]},
    "factions": {"factions": {"jiub": {"rank": 1}}},
    "journal": {"entries": [{"quest": "quest", "index": 10, "kind": "entry"}]},
    "quests": {"stages": {"quest": 10, "other": 1}},
}


def test_every_section_gets_its_words(library: Library) -> None:
    received = perception(**RECEIVED)
    add_words(received, library)
    sections = received.sections.model_dump(exclude_none=True)
    assert [item.get("name") for item in sections["inventory"]["items"]] == ["Cup", None]
    assert sections["equipment"]["slots"]["carried_right"]["name"] == "Cup"
    assert sections["nearby_actors"]["actors"][0]["name"] == "Jiub"
    door, chest = sections["nearby_objects"]["objects"]
    assert (door["name"], door["leads_to"], "owner" in door) == ("Door", "Hall", False)
    assert (chest["name"], chest["owner"]) == ("My chest", "Jiub")
    assert sections["spells"]["names"] == {"cup": "Cup"}
    assert sections["books"]["names"] == {"cup": "Cup"}
    assert sections["factions"]["names"] == {"jiub": "Jiub"}
    entry = sections["journal"]["entries"][0]
    assert (entry["quest_name"], entry["text"]) == ("The Quest", "It begins.")
    assert (sections["quests"]["names"], sections["quests"]["texts"]) == (
        {"quest": "The Quest"},
        {"quest": "It begins."},
    )


def test_a_perception_with_words_is_still_valid(library: Library) -> None:
    received = perception(**RECEIVED)
    add_words(received, library)
    assert Perception.model_validate_json(received.model_dump_json(by_alias=True)) == received


@pytest.mark.parametrize(
    ("received", "words"),
    [
        (event("item_use", item="cup"), {"name": "Cup"}),
        (
            event("journal", entries=[{"quest": "quest", "index": 10, "kind": "entry"}]),
            {"quest_name": "The Quest", "text": "It begins."},
        ),
        (event("actor_list", cell="Hall", actors=[{"unique_index": "1-0", "ref_id": "jiub"}]), {"name": "Jiub"}),
        (event("object_activate", cell="Hall", objects=[{"unique_index": "1-0", "ref_id": "door"}]), {"name": "Door"}),
        (event("object_activate", cell="Hall", objects=[{"unique_index": "1-0", "ref_id": "unknown"}]), {}),
    ],
)
def test_events_get_their_words(library: Library, received: Event, words: dict[str, str]) -> None:
    add_words_to_event(received, library)
    lists = [value for value in received.data.values() if isinstance(value, list)]
    entry = lists[0][0] if lists else received.data
    assert {key: entry[key] for key in ("name", "quest_name", "text") if key in entry} == words
    assert received.details.model_dump(mode="json", exclude_unset=True) == received.data


def test_an_index_that_cannot_be_read_adds_nothing(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    library.close()
    received = perception(**RECEIVED)
    add_words(received, library)
    add_words_to_event(event("item_use", item="cup"), library)
    assert received == perception(**RECEIVED)
    assert "the index of the game's files cannot be read" in caplog.text

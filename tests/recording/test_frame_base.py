"""What the flight recorder keeps of frames is what a daemon that had received all of them has."""

from __future__ import annotations

import json
from typing import Any

from timmy_actors.link.codec import decode
from timmy_actors.perception.frames import Entities, apply_changes, merge_frame
from timmy_actors.perception.merged import Merged
from timmy_actors.protocol import Frame
from timmy_actors.recording.flight import remember
from timmy_actors.recording.frame_base import in_order

POSITION = {
    "cell": "0, 0",
    "exterior": True,
    "region": "",
    "x": 0,
    "y": 0,
    "z": 0,
    "pitch": 0,
    "yaw": 0,
    "place": "Here",
}


def actor(key: int, **members: Any) -> dict[str, Any]:
    fields = {"unique_index": f"{key}-0", "ref_id": "rat", "cell": "0, 0", "x": key, "y": 0, "z": 0}
    return {"key": key, "actor": {**fields, **members}}


def frame(perception: dict[str, Any], **entities: Any) -> dict[str, Any]:
    return {"type": "frame", "seq": 1, "now": 5, "entities": entities, "perceptions": [{"pid": 0, **perception}]}


FULL = {"full": True, "player": "Timmy", "revision": 3}
SCRIPT = [
    frame(
        {**FULL, "sections": {"position": [1, POSITION], "nearby_actors": {"added": [1, 2], "left_out": 4}}},
        whole=[actor(1, health={"current": 5, "base": 5}), actor(2)],
    ),
    frame({"sections": {"position": [2, {"x": 7, "place": None}]}}, moved=[[1, 8, 9, 10], [99, 0, 0, 0]]),
    frame({"revision": 4}, harmed=[[1, 2, 5]]),
    frame({"sections": {"nearby_actors": {"added": [3], "removed": [2]}}}, removed=[2], whole=[actor(3, dead=True)]),
]


def merged(messages: list[dict[str, Any]]) -> Merged:
    entities: Entities = {}
    state: Merged | None = None
    for message in messages:
        received = decode(json.dumps(message).encode())
        assert isinstance(received, Frame)
        apply_changes(entities, received.entities)
        for perception in received.perceptions:
            state = merge_frame(state, perception, entities, boot="b", epoch=1, game_ms=received.game_ms)
    assert state is not None
    return state


def test_the_kept_frames_merge_to_what_all_frames_do() -> None:
    base: dict[str, Any] = {}
    for count, message in enumerate(SCRIPT, start=1):
        remember(base, message)
        kept, whole = merged(in_order(base)).output, merged(SCRIPT[:count]).output
        varies = {"timestamp", "revisions"}
        assert kept.model_dump(exclude=varies) == whole.model_dump(exclude=varies)


def test_a_new_subscription_begins_without_what_was_kept() -> None:
    base: dict[str, Any] = {"welcome": {}}
    remember(base, SCRIPT[0])
    remember(base, {"type": "subscribed", "id": "1"})
    assert base == {"welcome": {}}

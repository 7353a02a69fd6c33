"""The daemon over a bridge that speaks protocol version 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.peer import Peer
from tests.runtimes import fresh, link_up, running
from tests.waiting import eventually
from timmy_actors.perception import actor as perception_actor
from timmy_actors.perception import frames
from timmy_actors.perception.frames import Entities, apply_changes, merge_frame
from timmy_actors.perception.merged import Merged
from timmy_actors.protocol import EntityChanges, FramePerception, PerceptionOutput

if TYPE_CHECKING:
    import pytest

POSITION = {"cell": "0, 0", "exterior": True, "region": "", "x": 0.5, "y": 0, "z": 0, "pitch": 0, "yaw": 0}
RAT = {"unique_index": "1-0", "ref_id": "rat", "cell": "0, 0", "x": 3, "y": 4, "z": 0}
FULL = {
    "full": True, "player": "Timmy", "revision": 0,
    "sections": {"position": [1, POSITION], "nearby_actors": {"added": [1], "left_out": 0}},
}  # fmt: skip


def push(peer: Peer, perception: dict[str, Any], **entities: Any) -> None:
    perceptions = [{"pid": 0, **perception}]
    frame = {"type": "frame", "seq": peer.next_seq(), "now": 3000, "entities": entities, "perceptions": perceptions}
    peer.push(frame)


def push_full(peer: Peer, **members: Any) -> None:
    push(peer, FULL, whole=[{"key": 1, "actor": {**RAT, **members}}])


def rats(snapshot: PerceptionOutput) -> list[tuple[float, float, float]]:
    assert snapshot.nearby_actors is not None
    return [(actor.x, actor.distance, actor.bearing) for actor in snapshot.nearby_actors.actors]


def test_an_entity_that_moves_shows_in_the_next_perception_that_lists_it() -> None:
    with Peer(protocol=2) as peer, running(peer.address) as runtime:
        fresh(runtime)
        push_full(peer)
        eventually(lambda: fresh(runtime).nearby_actors is not None)
        assert rats(fresh(runtime)) == [(3.0, 5.0, 36.0)]
        before = fresh(runtime)
        push(peer, {}, moved=[[1, 0, 10, 0]])
        eventually(lambda: rats(fresh(runtime)) == [(0.0, 10.0, 0.0)])
        after = fresh(runtime)
        assert (before.revisions, after.revisions) == (
            {"position": 1, "nearby_actors": 1}, {"position": 1, "nearby_actors": 2},
        )  # fmt: skip
        assert rats(before) == [(3.0, 5.0, 36.0)]


def test_after_a_gap_frames_are_merged_again_from_a_full_one() -> None:
    with Peer(protocol=2) as peer, running(peer.address) as runtime:
        fresh(runtime)
        push_full(peer)
        eventually(lambda: fresh(runtime).nearby_actors is not None)
        peer.silent_to = {"subscribe"}
        peer.next_seq()
        push(peer, {}, moved=[[1, 50, 0, 0]])
        peer.wait_for(lambda message: message["type"] == "subscribe" and message["id"].endswith("-2"))
        assert runtime.command("message", text="all pushes were handled").ok
        assert rats(fresh(runtime)) == [(3.0, 5.0, 36.0)]
        push_full(peer, x=6, y=8)
        eventually(lambda: rats(fresh(runtime)) == [(6.0, 10.0, 36.0)])


def test_a_slot_of_which_nothing_is_known_causes_a_new_subscription() -> None:
    with Peer(protocol=2) as peer, running(peer.address) as runtime:
        fresh(runtime)
        push(peer, {"pid": 5})
        eventually(lambda: peer.count("subscribe") == 2)


def test_a_perception_that_lists_an_unknown_entity_is_not_merged() -> None:
    perception = FramePerception.model_validate({"pid": 0, **FULL})
    assert merge_frame(None, perception, {}, boot="b", epoch=1, game_ms=None) is None


def test_no_more_entities_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MAX_ENTITIES", 2)
    entities: Entities = {}
    apply_changes(entities, EntityChanges.model_validate({"whole": [{"key": key, "actor": RAT} for key in (1, 2, 3)]}))
    apply_changes(entities, EntityChanges.model_validate({"whole": [{"key": 2, "actor": {**RAT, "x": 7}}]}))
    assert {key: known.x for key, known in entities.items()} == {1: 3, 2: 7}


def test_no_more_slots_are_known_than_a_server_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perception_actor, "MAX_SLOTS", 1)
    with Peer(protocol=2) as peer, running(peer.address) as runtime:
        fresh(runtime)
        push_full(peer)
        eventually(lambda: fresh(runtime).nearby_actors is not None)
        push(peer, {**FULL, "pid": 7, "player": "Invented"})
        push(peer, {}, moved=[[1, 0, 10, 0]])
        eventually(lambda: rats(fresh(runtime)) == [(0.0, 10.0, 0.0)])
        assert set(runtime.shared.perceptions.snapshots.value) == {"Timmy"}
        assert peer.count("subscribe") == 1


def test_a_bridge_that_knows_only_version_1_is_asked_for_it() -> None:
    with Peer() as peer:
        peer.declines, peer.declines_above = "this bridge speaks protocol 1", 1
        with running(peer.address) as runtime:
            link_up(runtime)
            fresh(runtime)
        assert [message["protocol"] for message in peer.heard if message["type"] == "hello"] == [2, 1]


def test_the_snapshot_is_built_once_for_all_who_read_it() -> None:
    with Peer(protocol=2) as peer, running(peer.address) as runtime:
        fresh(runtime)
        push_full(peer)
        eventually(lambda: isinstance(runtime.shared.perceptions.snapshots.value["Timmy"], Merged))
        merged = runtime.shared.perceptions.snapshots.value["Timmy"]
        assert isinstance(merged, Merged)
        assert merged.output is merged.output

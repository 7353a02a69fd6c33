from __future__ import annotations

from typing import Any, get_args

import pytest

from tests.peer import Peer
from tests.runtimes import fresh, link_up, restarted, running
from tests.waiting import eventually
from timmy_actors import RefusedError
from timmy_actors.link import Received
from timmy_actors.perception import actor as perception_actor
from timmy_actors.perception import retention
from timmy_actors.protocol import EventName, Perception, SectionName


def of_jiub(peer: Peer, *, full: bool) -> dict[str, Any]:
    return {**peer.perception(seq=peer.next_seq(), full=full), "player": "Jiub", "pid": 1}


def test_it_subscribes_to_all_sections_of_all_players() -> None:
    with Peer() as peer, running(peer.address, perception={"rate_hz": 3.0, "radius": 100.0}):
        subscription = peer.wait_for(lambda message: message["type"] == "subscribe")
        assert (subscription["players"], subscription["rate_hz"], subscription["radius"]) == ("all", 3.0, 100.0)
        assert subscription["sections"] == list(get_args(SectionName))
        assert subscription["events"] == list(get_args(EventName))


def test_a_snapshot_is_refused_as_unavailable_before_the_first_perception() -> None:
    with Peer(silent_to={"subscribe"}) as peer, running(peer.address) as runtime:
        link_up(runtime)
        with pytest.raises(RefusedError) as refused:
            runtime.snapshot()
        assert refused.value.code == "unavailable"


def test_a_full_snapshot_is_published_with_its_boot_and_epoch() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        known = fresh(runtime)
        assert known.position is not None
        assert known.position.place == "Seyda Neen"
        assert (known.boot, known.epoch, known.revisions) == ("boot-1", 1, {"position": 1})


def test_an_unknown_player_is_refused_and_the_known_ones_are_listed() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        with pytest.raises(RefusedError) as refused:
            runtime.snapshot("Nobody")
        assert (refused.value.code, refused.value.field) == ("no_such_player", "player")
        assert "Timmy" in refused.value.message


def test_a_delta_is_merged_into_the_last_snapshot() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        peer.perceive(x=5.0)
        assert fresh(runtime, x=5.0).revisions == {"position": 2}


def test_after_a_gap_it_subscribes_again_and_drops_deltas_until_a_full_snapshot() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        peer.silent_to = {"subscribe"}
        peer.next_seq()
        peer.perceive(x=5.0)
        eventually(lambda: peer.count("subscribe") == 2)
        peer.perceive(x=6.0)
        assert runtime.command("message", text="all pushes were handled").ok
        assert fresh(runtime).revisions == {"position": 1}
        peer.perceive(full=True, x=7.0)
        fresh(runtime, x=7.0)
        peer.perceive(x=8.0)
        fresh(runtime, x=8.0)


def test_a_gap_causes_one_new_subscription_however_many_pushes_follow(caplog: pytest.LogCaptureFixture) -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        peer.silent_to = {"subscribe"}
        peer.next_seq()
        for number in range(20):
            peer.perceive(x=float(number))
        peer.perceive(full=True, x=100.0)
        fresh(runtime, x=100.0)
        eventually(lambda: peer.count("subscribe") >= 2)
        assert runtime.command("message", text="all pushes were handled").ok
        assert peer.count("subscribe") == 2
        assert len([record for record in caplog.records if "were lost" in record.getMessage()]) == 1


def test_a_lost_event_is_a_gap_too() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        peer.next_seq()
        peer.happen("chat", text="hello")
        eventually(lambda: peer.count("subscribe") == 2)


def test_a_delta_of_an_unknown_player_is_not_published_and_causes_a_new_subscription() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        peer.push(of_jiub(peer, full=False))
        eventually(lambda: peer.count("subscribe") == 2)
        assert "Jiub" not in runtime.shared.perceptions.snapshots.value
        peer.push(of_jiub(peer, full=True))
        eventually(lambda: "Jiub" in runtime.shared.perceptions.snapshots.value)


def test_the_last_snapshot_is_readable_and_stale_while_the_link_is_down() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        before = fresh(runtime)
        peer.__exit__()
        eventually(lambda: runtime.snapshot().stale)
        stale = runtime.snapshot()
        assert (stale.position, stale.epoch) == (before.position, before.epoch)
        assert "the link is down" in (stale.stale_reason or "")
        with Peer(port=peer.port, boot="boot-2"):
            again = fresh(runtime)
        assert (again.boot, again.epoch > before.epoch) == ("boot-2", True)


def test_a_new_link_does_not_make_snapshots_of_an_older_link_fresh() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        before = fresh(runtime)
        peer.__exit__()
        eventually(lambda: runtime.snapshot().stale)
        with Peer(port=peer.port, silent_to={"subscribe"}):
            link_up(runtime, after=before.epoch)
            assert runtime.snapshot().stale


def test_a_player_that_left_the_game_is_stale_until_perceived_again() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        peer.happen("disconnect")
        eventually(lambda: runtime.snapshot().stale_reason == "the player has left the game")
        peer.perceive(x=1.0)
        fresh(runtime, x=1.0)


def test_of_an_older_boot_only_the_configured_players_last_snapshot_is_retained() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        peer.push(of_jiub(peer, full=True))
        eventually(lambda: "Jiub" in runtime.shared.perceptions.snapshots.value)
        peer.__exit__()
        with Peer(port=peer.port, boot="boot-2", silent_to={"subscribe"}) as another:
            another.wait_for(lambda message: message["type"] == "subscribe")
            assert set(runtime.shared.perceptions.snapshots.value) == {"Timmy", "Jiub"}
            another.push({**of_jiub(another, full=True), "player": "Fargoth"})
            eventually(lambda: set(runtime.shared.perceptions.snapshots.value) == {"Timmy", "Fargoth"})
            assert runtime.snapshot().boot == "boot-1"


def test_players_absent_for_long_are_removed_but_never_the_configured_player(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perception_actor, "SWEEP_S", 0.01)
    monkeypatch.setattr(retention, "KEEP_GONE_S", 0.1)
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        for name in ("Jiub", "Fargoth"):
            peer.push({**of_jiub(peer, full=True), "player": name})
        eventually(lambda: len(runtime.shared.perceptions.snapshots.value) == 3)
        peer.happen("disconnect")
        peer.happen("disconnect", "Jiub")
        eventually(lambda: set(runtime.shared.perceptions.snapshots.value) == {"Timmy", "Fargoth"})
        assert runtime.snapshot().stale
        peer.push(of_jiub(peer, full=True))
        eventually(lambda: "Jiub" in runtime.shared.perceptions.snapshots.value)


def test_a_push_of_another_epoch_is_dropped() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        epoch = fresh(runtime).epoch
        late = Perception.model_validate(peer.perception(seq=2, x=666.0))
        runtime.directory.tell("perception", Received(epoch - 1, late))
        runtime.directory.tell("perception", Received(epoch + 1, late))
        peer.perceive(x=1.0)
        known = fresh(runtime, x=1.0)
        assert (known.epoch, peer.count("subscribe")) == (epoch, 1)


def test_a_restarted_actor_subscribes_again_and_reports_no_loss(caplog: pytest.LogCaptureFixture) -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        for number in range(5):
            peer.perceive(x=float(number))
        fresh(runtime, x=4.0)
        broken = Perception.model_construct(seq=None, player="Timmy", full=True)
        runtime.directory.tell("perception", Received(1, broken))
        peer.happen("chat", text="unperceived")
        restarted(runtime, "perception")
        eventually(lambda: peer.count("subscribe") >= 2)
        peer.perceive(x=9.0)
        fresh(runtime, x=9.0)
        assert "were lost" not in caplog.text


def test_a_declined_subscription_is_logged_and_does_not_end_the_actor(caplog: pytest.LogCaptureFixture) -> None:
    with Peer(silent_to={"subscribe"}) as peer, running(peer.address) as runtime:
        subscription = peer.wait_for(lambda message: message["type"] == "subscribe")
        peer.push({"type": "error", "id": subscription["id"], "error": {"code": "not_permitted", "message": "not you"}})
        eventually(lambda: "declined the subscription: not you" in caplog.text)
        assert runtime.directory.entries["perception"].restarts == 0


def test_at_most_max_players_snapshots_are_stored_and_further_players_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "MAX_PLAYERS", 4)
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        for number in range(10):
            peer.push({**of_jiub(peer, full=True), "player": f"New {number}"})
        peer.push({**of_jiub(peer, full=False), "player": "New 9"})
        eventually(lambda: runtime.shared.perceptions.players_left_out.value == 7)
        assert set(runtime.shared.perceptions.snapshots.value) == {"Timmy", "New 0", "New 1", "New 2"}
        eventually(lambda: runtime.status().players_left_out == 7)
        assert "7 players are not perceived" in "; ".join(runtime.status().reasons)
        peer.happen("disconnect", "New 1")
        peer.push({**of_jiub(peer, full=True), "player": "Welcome"})
        eventually(lambda: set(runtime.shared.perceptions.snapshots.value) == {"Timmy", "New 0", "New 2", "Welcome"})
        assert peer.count("subscribe") == 1


def test_the_configured_player_is_stored_however_many_others_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MAX_PLAYERS", 2)
    with Peer(silent_to={"subscribe"}) as peer, running(peer.address) as runtime:
        link_up(runtime)
        for name in ("Jiub", "Fargoth", "Timmy"):
            peer.push({**of_jiub(peer, full=True), "player": name})
        eventually(lambda: "Timmy" in runtime.shared.perceptions.snapshots.value)
        assert runtime.shared.perceptions.players_left_out.value == 0


def test_a_healthy_start_leaves_no_dead_letter() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        eventually(lambda: runtime.status().verdict == "ok")
        assert runtime.directory.dead_letters.recent == ()

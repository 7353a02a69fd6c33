from __future__ import annotations

from tests.peer import Peer
from timmy_actors.perception.retention import KEEP_GONE_S, absent_since, mark_stale, merge, of_boot, without_expired
from timmy_actors.protocol import Perception, PerceptionOutput


def snapshot(*, boot: str = "now", epoch: int = 2) -> PerceptionOutput:
    merged = merge(None, Perception.model_validate(Peer.perception(seq=1)), boot=boot, epoch=epoch)
    assert merged is not None
    return merged


def test_of_another_boot_only_the_configured_players_snapshot_is_retained() -> None:
    known = {"Timmy": snapshot(boot="before"), "Jiub": snapshot(boot="before"), "Fargoth": snapshot()}
    assert set(of_boot(known, "now", player="Timmy")) == {"Timmy", "Fargoth"}


def test_absent_are_players_that_left_or_were_not_perceived_over_this_link() -> None:
    known = {"here": snapshot(), "left": mark_stale(snapshot(), "left"), "unseen": snapshot(epoch=1)}
    assert absent_since(known, 2, {"left": 5.0, "here": 6.0}, now=7.0) == {"left": 5.0, "unseen": 7.0}


def test_absent_players_are_retained_for_a_while_and_the_configured_player_for_ever() -> None:
    known = {"Timmy": snapshot(epoch=1), "here": snapshot(), "left": snapshot(), "long ago": snapshot()}
    now = 10_000.0
    absent = {"Timmy": 0.0, "left": now - KEEP_GONE_S + 1, "long ago": now - KEEP_GONE_S}
    assert set(without_expired(known, absent, player="Timmy", now=now)) == {"Timmy", "here", "left"}

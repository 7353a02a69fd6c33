from __future__ import annotations

from tests.peer import Peer
from timmy_actors.perception.retention import KEEP_GONE_S, gone_since, mark_stale, merge, of_boot, worth_keeping
from timmy_actors.protocol import Perception, PerceptionOutput


def snapshot(*, boot: str = "now", epoch: int = 2) -> PerceptionOutput:
    made = merge(None, Perception.model_validate(Peer.perception(seq=1)), boot=boot, epoch=epoch)
    assert made is not None
    return made


def test_of_another_boot_only_the_configured_players_snapshot_is_kept() -> None:
    known = {"Timmy": snapshot(boot="before"), "Jiub": snapshot(boot="before"), "Fargoth": snapshot()}
    assert set(of_boot(known, "now", player="Timmy")) == {"Timmy", "Fargoth"}


def test_gone_is_who_left_or_was_not_perceived_over_this_link_since_it_was_first_seen() -> None:
    known = {"here": snapshot(), "left": mark_stale(snapshot(), "left"), "unseen": snapshot(epoch=1)}
    assert gone_since(known, 2, {"left": 5.0, "here": 6.0}, now=7.0) == {"left": 5.0, "unseen": 7.0}


def test_who_is_gone_is_kept_for_a_while_and_the_configured_player_for_ever() -> None:
    known = {"Timmy": snapshot(epoch=1), "here": snapshot(), "left": snapshot(), "long ago": snapshot()}
    now = 10_000.0
    gone = {"Timmy": 0.0, "left": now - KEEP_GONE_S + 1, "long ago": now - KEEP_GONE_S}
    assert set(worth_keeping(known, gone, player="Timmy", now=now)) == {"Timmy", "here", "left"}

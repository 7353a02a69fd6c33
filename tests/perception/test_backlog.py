from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from timmy_actors.perception.backlog import Backlog, Numbered
from timmy_actors.perception.messages import Happened
from timmy_actors.protocol import GameEvent, PerceptionOutput


def chat(text: str = "") -> Happened:
    return Happened(event=GameEvent(event="chat", player="Timmy", pid=0, now=0, data={"text": text}))


def seen(player: str = "Timmy") -> Happened:
    told = {"player": player, "pid": 0, "boot": "b", "epoch": 1, "revisions": {}}
    return Happened(snapshot=PerceptionOutput.model_validate(told))


def taken(backlog: Backlog) -> list[Numbered]:
    found = []
    while (one := backlog.take()) is not None:
        found.append(one)
    return found


def test_of_a_players_snapshots_the_newest_waits_and_events_stay_in_order() -> None:
    backlog = Backlog(10)
    first, second, of_jiub = seen(), seen(), seen("Jiub")
    for happened in (first, chat("a"), of_jiub, second, chat("b")):
        backlog.add(happened)
    assert [(one.seq, one.left_out) for one in taken(backlog)] == [(2, 1), (3, 0), (4, 0), (5, 0)]


def test_what_could_not_be_handed_on_comes_first_again_unless_something_newer_came() -> None:
    backlog = Backlog(10)
    backlog.add(seen())
    backlog.add(chat())
    snapshot = backlog.take()
    assert snapshot is not None
    backlog.put_back(snapshot)
    assert backlog.take() == snapshot
    backlog.add(seen())
    backlog.put_back(snapshot)
    assert [(one.seq, one.left_out) for one in taken(backlog)] == [(2, 1), (3, 0)]


def test_what_was_lost_on_the_way_here_counts_as_left_out() -> None:
    backlog = Backlog(10)
    backlog.lose(7)
    backlog.add(chat())
    assert [(one.seq, one.left_out) for one in taken(backlog)] == [(8, 7)]


STEPS = st.lists(st.sampled_from(["chat", "Timmy", "Jiub", "take", "refuse"]), max_size=60)


@given(STEPS, st.integers(1, 4))
def test_every_number_is_told_or_counted_and_the_newest_is_always_told(steps: list[str], most: int) -> None:
    backlog, added, told = Backlog(most), 0, list[Numbered]()
    for step in steps:
        if step == "take":
            told += [one for one in [backlog.take()] if one is not None]
        elif step == "refuse":
            if (one := backlog.take()) is not None:
                backlog.put_back(one)
        else:
            added += 1
            backlog.add(chat() if step == "chat" else seen(step))
        assert len(backlog) <= most
    told += taken(backlog)
    last = 0
    for one in told:
        assert one.seq == last + 1 + one.left_out
        last = one.seq
    assert last == added

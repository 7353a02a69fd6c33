from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from timmy_actors.perception.backlog import Backlog, Numbered
from timmy_actors.perception.messages import Happened
from timmy_actors.protocol import GameEvent, PerceptionOutput


def chat(text: str = "") -> Happened:
    return Happened(event=GameEvent(event="chat", player="Timmy", pid=0, now=0, data={"text": text}))


def seen(player: str = "Timmy") -> Happened:
    fields = {"player": player, "pid": 0, "boot": "b", "epoch": 1, "revisions": {}}
    return Happened(snapshot=PerceptionOutput.model_validate(fields))


def take_all(backlog: Backlog) -> list[Numbered]:
    items = []
    while (item := backlog.take()) is not None:
        items.append(item)
    return items


def test_only_the_newest_snapshot_of_a_player_is_queued_and_events_stay_in_order() -> None:
    backlog = Backlog(10)
    first, second, of_jiub = seen(), seen(), seen("Jiub")
    for happened in (first, chat("a"), of_jiub, second, chat("b")):
        backlog.add(happened)
    assert [(item.seq, item.left_out) for item in take_all(backlog)] == [(2, 1), (3, 0), (4, 0), (5, 0)]


def test_an_item_put_back_is_first_again_unless_a_newer_snapshot_replaced_it() -> None:
    backlog = Backlog(10)
    backlog.add(seen())
    backlog.add(chat())
    snapshot = backlog.take()
    assert snapshot is not None
    backlog.put_back(snapshot)
    assert backlog.take() == snapshot
    backlog.add(seen())
    backlog.put_back(snapshot)
    assert [(item.seq, item.left_out) for item in take_all(backlog)] == [(2, 1), (3, 0)]


def test_lost_items_count_as_left_out() -> None:
    backlog = Backlog(10)
    backlog.lose(7)
    backlog.add(chat())
    assert [(item.seq, item.left_out) for item in take_all(backlog)] == [(8, 7)]


STEPS = st.lists(st.sampled_from(["chat", "Timmy", "Jiub", "take", "refuse"]), max_size=60)


@given(STEPS, st.integers(1, 4))
def test_every_item_is_delivered_or_counted_and_the_newest_is_always_delivered(steps: list[str], most: int) -> None:
    backlog, added, delivered = Backlog(most), 0, list[Numbered]()
    for step in steps:
        if step == "take":
            delivered += [item for item in [backlog.take()] if item is not None]
        elif step == "refuse":
            if (item := backlog.take()) is not None:
                backlog.put_back(item)
        else:
            added += 1
            backlog.add(chat() if step == "chat" else seen(step))
        assert len(backlog) <= most
    delivered += take_all(backlog)
    last = 0
    for item in delivered:
        assert item.seq == last + 1 + item.left_out
        last = item.seq
    assert last == added

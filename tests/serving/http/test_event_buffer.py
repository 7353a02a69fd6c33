from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from timmy_actors.perception import Happened
from timmy_actors.protocol import LinkStatus
from timmy_actors.serving.http.event_buffer import MAX_GAPS, EventBuffer

LINK = Happened(link=LinkStatus(state="up"))


class Snapshot:
    """As much of a snapshot as the buffer reads."""

    def __init__(self, player: str) -> None:
        self.player = player


def snapshot(player: str) -> Happened:
    return Happened(snapshot=Snapshot(player))  # type: ignore[arg-type]


def numbers(buffer: EventBuffer, after: int = 0) -> list[int]:
    return [kept.number for kept in buffer.after(after)]


def test_only_the_newest_snapshot_of_a_player_is_kept() -> None:
    buffer = EventBuffer()
    for happened in (snapshot("Timmy"), LINK, snapshot("Jiub"), snapshot("Timmy")):
        buffer.add(happened)
    assert numbers(buffer) == [2, 3, 4]
    assert buffer.missed(0) == 0


def test_what_was_dropped_for_lack_of_room_is_counted() -> None:
    buffer = EventBuffer(most=2)
    for _ in range(5):
        buffer.add(LINK)
    assert numbers(buffer) == [4, 5]
    assert [buffer.missed(number) for number in (0, 2, 3, 5)] == [3, 1, 0, 0]


def test_what_was_lost_before_it_came_is_counted() -> None:
    buffer = EventBuffer()
    buffer.add(LINK)
    buffer.add(LINK, lost=3)
    assert [(kept.number, kept.lost) for kept in buffer.after(0)] == [(1, 0), (5, 3)]
    assert [kept.lost for kept in buffer.after(5)] == []
    assert buffer.missed(0) == 0


def test_a_gap_skips_nothing_before_it_and_later_drops_are_still_counted() -> None:
    buffer = EventBuffer(most=2)
    for lost in (0, 5, 0):
        buffer.add(LINK, lost)
    assert buffer.missed(0) == 1
    assert [(kept.number, kept.lost) for kept in buffer.after(1)] == [(7, 5), (8, 0)]
    buffer.add(LINK)
    assert buffer.missed(1) == 6
    assert [(kept.number, kept.lost) for kept in buffer.after(7)] == [(8, 0), (9, 0)]


def test_gaps_between_snapshots_take_no_more_room() -> None:
    buffer = EventBuffer()
    for _ in range(3 * MAX_GAPS):
        buffer.add(snapshot("Timmy"), lost=1)
    assert [kept.lost for kept in buffer.after(0)] == [3 * MAX_GAPS]
    assert len(buffer._gaps) == MAX_GAPS


def test_an_id_is_read_back_and_one_of_another_buffer_is_not() -> None:
    buffer, other = EventBuffer(), EventBuffer()
    for _ in range(12):
        buffer.add(LINK)
    assert buffer.number_of(buffer.id_of(11)) == 11
    assert buffer.number_of(buffer.id_of(99)) == 12
    assert buffer.number_of(other.id_of(1)) is None
    assert [buffer.number_of(text) for text in ("", "1", buffer.id_of(1) + "x", buffer.id_of(10**30), "-²")] == [
        None
    ] * 5


@given(st.lists(st.sampled_from(["event", "Timmy", "Jiub"])), st.integers(1, 5), st.integers(0, 20))
def test_a_reader_gets_each_push_once_in_order_or_learns_that_it_missed_some(
    kinds: list[str], most: int, reads_after: int
) -> None:
    buffer, cursor, missed = EventBuffer(most), 0, 0
    read: list[int] = []
    for number, kind in enumerate(kinds):
        buffer.add(LINK if kind == "event" else snapshot(kind))
        if number >= reads_after:
            missed += (lost := buffer.missed(cursor))
            cursor += lost
            read += numbers(buffer, cursor)
            cursor = max([cursor, *read])
    assert read == sorted(set(read))
    if reads_after == 0:
        assert (read, missed) == (list(range(1, len(kinds) + 1)), 0)
    assert len(buffer._kept) <= most

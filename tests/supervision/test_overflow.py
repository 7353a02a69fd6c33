from __future__ import annotations

import pytest
from pykka._envelope import Envelope

from timmy_actors.errors import ActorGoneError, MailboxFullError
from timmy_actors.supervision import Control, Mailbox, Overflow, Reply
from timmy_actors.supervision.dead_letters import DeadLetters


def full(overflow: Overflow, *, sorted_first: bool) -> Mailbox:
    mailbox = Mailbox(3, overflow)
    mailbox.dead_letters = DeadLetters()
    for number in range(3):
        mailbox.put(Envelope(number))
    if sorted_first:
        mailbox._sort_arrivals()
    return mailbox


@pytest.mark.parametrize("sorted_first", [True, False])
def test_a_rejected_sender_gets_an_error_and_other_messages_stay(sorted_first: bool) -> None:
    mailbox = full(Overflow.REJECT, sorted_first=sorted_first)
    with pytest.raises(MailboxFullError, match="3 messages"):
        mailbox.put(Envelope("late"))
    assert [mailbox.get().message for _ in range(3)] == [0, 1, 2]


@pytest.mark.parametrize("sorted_first", [True, False])
def test_the_oldest_makes_room_and_is_a_dead_letter(sorted_first: bool) -> None:
    mailbox = full(Overflow.DROP_OLDEST, sorted_first=sorted_first)
    mailbox.put(Envelope("late"))
    assert [mailbox.get().message for _ in range(3)] == [1, 2, "late"]
    assert isinstance(mailbox.dead_letters, DeadLetters)
    assert [letter.kind for letter in mailbox.dead_letters.recent] == ["int"]


def test_an_asker_whose_message_made_room_is_answered() -> None:
    mailbox, reply = Mailbox(1, Overflow.DROP_OLDEST), Reply()
    mailbox.put(Envelope("asked", reply_to=reply))
    mailbox.put(Envelope("newer"))
    with pytest.raises(ActorGoneError, match="the oldest"):
        reply.get(timeout=0)


@pytest.mark.parametrize("overflow", list(Overflow))
def test_control_never_makes_room_and_always_finds_some(overflow: Overflow) -> None:
    mailbox = full(overflow, sorted_first=False)
    first, second = Control(), Control()
    mailbox.put(Envelope(first))
    mailbox.put(Envelope(second))
    assert [mailbox.get().message for _ in range(5)] == [first, second, 0, 1, 2]


def test_control_that_came_first_is_neither_dropped_nor_in_the_way() -> None:
    mailbox = Mailbox(2, Overflow.DROP_OLDEST)
    first, second = Control(), Control()
    for message in (first, "old", second, "newer", "newest", "last"):
        mailbox.put(Envelope(message))
    assert [mailbox.get().message for _ in range(4)] == [first, second, "newest", "last"]
    assert mailbox.empty()

from __future__ import annotations

from dataclasses import dataclass

from timmy_actors.supervision import Directory
from timmy_actors.supervision.dead_letters import RECENT_LIMIT, DeadLetters
from timmy_actors.supervision.testkit import VirtualClock


@dataclass
class Order:
    secret: str


def test_a_dead_letter_has_its_type_and_age_but_not_its_content() -> None:
    clock = VirtualClock()
    directory = Directory(clock=clock)
    clock.advance(3.0)
    assert not directory.tell("unknown", Order("swordfish"))
    clock.advance(4.0)
    [letter] = directory.dead_letters.recent
    assert (letter.to, letter.kind, letter.died_at, letter.age_s(clock.now())) == ("unknown", "Order", 3.0, 4.0)
    assert "the name is unknown" in letter.why
    assert "swordfish" not in repr(letter)


def test_all_dead_letters_are_counted_and_the_latest_stored() -> None:
    letters = DeadLetters(VirtualClock())
    for number in range(RECENT_LIMIT + 5):
        letters.add(str(number), "message", "why")
    assert letters.count == RECENT_LIMIT + 5
    assert [letter.to for letter in letters.recent] == [str(number) for number in range(5, RECENT_LIMIT + 5)]

from __future__ import annotations

from dataclasses import dataclass

from timmy_actors.supervision import Directory
from timmy_actors.supervision.dead_letters import KEPT, DeadLetters
from timmy_actors.supervision.testkit import VirtualClock


@dataclass
class Order:
    secret: str


def test_a_dead_letter_shows_its_type_and_age_and_not_what_it_said() -> None:
    clock = VirtualClock()
    directory = Directory(clock=clock)
    clock.advance(3.0)
    assert not directory.tell("nobody", Order("swordfish"))
    clock.advance(4.0)
    [letter] = directory.dead_letters.recent
    assert (letter.to, letter.kind, letter.died_at, letter.age_s(clock.now())) == ("nobody", "Order", 3.0, 4.0)
    assert "no such name" in letter.why
    assert "swordfish" not in repr(letter)


def test_all_are_counted_and_the_latest_kept() -> None:
    letters = DeadLetters(VirtualClock())
    for number in range(KEPT + 5):
        letters.add(str(number), "message", "why")
    assert letters.count == KEPT + 5
    assert [letter.to for letter in letters.recent] == [str(number) for number in range(5, KEPT + 5)]

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from timmy_actors.serving.outbox import FairShare


def fill(share: FairShare, client: str) -> int:
    taken = 0
    while share.admit(client):
        taken += 1
    return taken


def test_one_client_alone_can_have_half_of_the_places_and_two_a_third_each() -> None:
    assert fill(FairShare(100), "one") == 50
    share = FairShare(90)
    turns = [share.admit(name) for _ in range(90) for name in ("one", "two")]
    assert sum(turns) == 60


@given(st.integers(2, 200), st.integers(1, 30))
def test_however_many_clients_flood_a_new_client_finds_a_place(places: int, floods: int) -> None:
    share = FairShare(places)
    taken = [fill(share, f"flood {number}") for number in range(floods)]
    if sum(taken) < places:
        assert share.admit("new client")


def test_a_place_that_is_given_back_can_be_taken_again() -> None:
    share = FairShare(4)
    assert fill(share, "one") == 2
    share.leave("one")
    assert (share.admit("one"), share.admit("one")) == (True, False)
    share.leave("one")
    share.leave("one")
    assert fill(share, "two") == 2

from __future__ import annotations

import itertools

import pytest

from timmy_actors.link.state import TRANSITIONS, LinkState, Signal, advance, wants_a_look, why_down

RESOLVING, CONNECTING, HANDSHAKING, GREETING, UP, SUSPECT, DOWN = LinkState
MOVES = {
    (RESOLVING, Signal.RESOLVED): CONNECTING,
    (RESOLVING, Signal.UNRESOLVED): DOWN,
    (RESOLVING, Signal.MUTE): DOWN,
    (CONNECTING, Signal.CONNECTED): HANDSHAKING,
    (CONNECTING, Signal.REFUSED): DOWN,
    (CONNECTING, Signal.DROPPED): DOWN,
    (CONNECTING, Signal.MUTE): DOWN,
    (HANDSHAKING, Signal.HANDSHAKEN): GREETING,
    (HANDSHAKING, Signal.REFUSED): DOWN,
    (HANDSHAKING, Signal.DROPPED): DOWN,
    (HANDSHAKING, Signal.REJECTED): DOWN,
    (HANDSHAKING, Signal.MISMATCHED): DOWN,
    (HANDSHAKING, Signal.MUTE): DOWN,
    (GREETING, Signal.WELCOMED): UP,
    (GREETING, Signal.DROPPED): DOWN,
    (GREETING, Signal.MUTE): DOWN,
    (UP, Signal.SILENT): SUSPECT,
    (UP, Signal.DROPPED): DOWN,
    (SUSPECT, Signal.HEARD): UP,
    (SUSPECT, Signal.DROPPED): DOWN,
}
"""Every signal that moves the link; whatever is not here must leave it where it is."""


@pytest.mark.parametrize(("state", "signal"), list(itertools.product(LinkState, Signal)))
def test_every_signal_in_every_state_moves_the_link_as_the_table_says(state: LinkState, signal: Signal) -> None:
    assert advance(state, signal) is MOVES.get((state, signal), state)


def test_the_way_up_passes_every_state() -> None:
    states = [RESOLVING]
    for signal in (Signal.RESOLVED, Signal.CONNECTED, Signal.HANDSHAKEN, Signal.WELCOMED, Signal.SILENT):
        states.append(advance(states[-1], signal))
    assert states == [RESOLVING, CONNECTING, HANDSHAKING, GREETING, UP, SUSPECT]


def test_messages_go_over_a_link_that_is_up_or_suspect_and_no_other() -> None:
    assert [state for state in LinkState if state.carries] == [UP, SUSPECT]


def test_what_is_down_stays_down() -> None:
    assert {advance(DOWN, signal) for signal in Signal} == {DOWN}


def test_every_state_but_down_has_a_way_down() -> None:
    assert all(any(MOVES.get((state, signal)) is DOWN for signal in Signal) for state in LinkState if state is not DOWN)


@pytest.mark.parametrize(
    ("state", "signal", "silent_s", "told"),
    [
        (RESOLVING, Signal.UNRESOLVED, 0.0, "no host of that name was found"),
        (RESOLVING, Signal.MUTE, 4.0, "the name service did not answer"),
        (CONNECTING, Signal.REFUSED, 0.0, "nobody listens there"),
        (CONNECTING, Signal.MUTE, 4.0, "nobody answers there"),
        (HANDSHAKING, Signal.REJECTED, 0.0, "refused the token"),
        (HANDSHAKING, Signal.MISMATCHED, 0.0, "another security mechanism"),
        (HANDSHAKING, Signal.MUTE, 4.0, "did not finish the handshake"),
        (HANDSHAKING, Signal.REFUSED, 0.0, "during the handshake"),
        (HANDSHAKING, Signal.DROPPED, 0.0, "is no bridge"),
        (GREETING, Signal.MUTE, 4.0, "did not answer the hello"),
        (GREETING, Signal.DROPPED, 0.0, "closed the connection"),
        (UP, Signal.DROPPED, 1.9, "closed the connection"),
        (UP, Signal.DROPPED, 2.0, "silent for 2.0 s"),
        (SUSPECT, Signal.DROPPED, 1.9, "closed the connection"),
        (SUSPECT, Signal.DROPPED, 2.1, "silent for 2.1 s"),
    ],
)
def test_an_operator_is_told_why_it_is_down(state: LinkState, signal: Signal, silent_s: float, told: str) -> None:
    assert told in why_down(state, signal, silent_s=silent_s, patience_s=2.0)


def test_a_reason_of_its_own_stands_for_every_way_down_from_before_the_welcome() -> None:
    """Two that mean the same share one: a connection that is refused, and one that is dropped before it was made."""
    before = (RESOLVING, CONNECTING, HANDSHAKING)
    ways = [(state, signal) for state in before for signal, after in TRANSITIONS[state].items() if after is DOWN]
    told = [why_down(state, signal, silent_s=0.0, patience_s=2.0) for state, signal in ways]
    assert "the server closed the connection" not in told
    assert len(set(told)) == len(told) - 1


def test_a_look_is_wanted_where_libzmq_does_not_say_what_is_wrong() -> None:
    wanted = [(state, signal) for state in LinkState for signal in Signal if wants_a_look(state, signal)]
    assert wanted == [(HANDSHAKING, Signal.DROPPED), (HANDSHAKING, Signal.MUTE)]

from __future__ import annotations

import itertools

import pytest

from timmy_actors.link.state import LinkState, Signal, advance, why_down

CONNECTING, HANDSHAKING, GREETING, UP, DOWN = LinkState
MOVES = {
    (CONNECTING, Signal.CONNECTED): HANDSHAKING,
    (CONNECTING, Signal.CLOSED): DOWN,
    (CONNECTING, Signal.MUTE): DOWN,
    (HANDSHAKING, Signal.HANDSHAKEN): GREETING,
    (HANDSHAKING, Signal.CLOSED): DOWN,
    (HANDSHAKING, Signal.REJECTED): DOWN,
    (HANDSHAKING, Signal.MUTE): DOWN,
    (GREETING, Signal.WELCOMED): UP,
    (GREETING, Signal.CLOSED): DOWN,
    (GREETING, Signal.MUTE): DOWN,
    (UP, Signal.CLOSED): DOWN,
}
"""Every signal that moves the link; whatever is not here must leave it where it is."""


@pytest.mark.parametrize(("state", "signal"), list(itertools.product(LinkState, Signal)))
def test_every_signal_in_every_state_moves_the_link_as_the_table_says(state: LinkState, signal: Signal) -> None:
    assert advance(state, signal) is MOVES.get((state, signal), state)


def test_the_way_up_passes_every_state() -> None:
    states = [CONNECTING]
    for signal in (Signal.CONNECTED, Signal.HANDSHAKEN, Signal.WELCOMED):
        states.append(advance(states[-1], signal))
    assert states == [CONNECTING, HANDSHAKING, GREETING, UP]


def test_what_is_down_stays_down() -> None:
    assert {advance(DOWN, signal) for signal in Signal} == {DOWN}


def test_every_state_but_down_has_a_way_down() -> None:
    assert all(any(MOVES.get((state, signal)) is DOWN for signal in Signal) for state in LinkState if state is not DOWN)


@pytest.mark.parametrize(
    ("state", "signal", "silent_s", "told"),
    [
        (HANDSHAKING, Signal.REJECTED, 0.0, "refused the token"),
        (CONNECTING, Signal.CLOSED, 0.0, "nobody listens there"),
        (CONNECTING, Signal.MUTE, 4.0, "nobody answers there"),
        (HANDSHAKING, Signal.MUTE, 4.0, "does not speak ZeroMQ, or is frozen"),
        (HANDSHAKING, Signal.CLOSED, 0.0, "during the handshake"),
        (GREETING, Signal.MUTE, 4.0, "did not answer the hello"),
        (GREETING, Signal.CLOSED, 0.0, "closed the connection"),
        (UP, Signal.CLOSED, 1.9, "closed the connection"),
        (UP, Signal.CLOSED, 2.0, "silent for 2.0 s"),
    ],
)
def test_an_operator_is_told_why_it_is_down(state: LinkState, signal: Signal, silent_s: float, told: str) -> None:
    assert told in why_down(state, signal, silent_s=silent_s, patience_s=2.0)

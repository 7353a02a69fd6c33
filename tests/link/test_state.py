from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timmy_actors.link.state import TRANSITIONS, LinkState, ServerClock, Signal, advance, needs_probe, why_down

RESOLVING, CONNECTING, HANDSHAKING, GREETING, UP, SUSPECT, DOWN = LinkState
MOVES = {
    (RESOLVING, Signal.RESOLVED): CONNECTING,
    (RESOLVING, Signal.UNRESOLVED): DOWN,
    (RESOLVING, Signal.MUTE): DOWN,
    (CONNECTING, Signal.CONNECTED): HANDSHAKING,
    (CONNECTING, Signal.REFUSED): DOWN,
    (CONNECTING, Signal.DROPPED): DOWN,
    (CONNECTING, Signal.MUTE): DOWN,
    (HANDSHAKING, Signal.HANDSHAKE_DONE): GREETING,
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
    (SUSPECT, Signal.RECEIVED): UP,
    (SUSPECT, Signal.DROPPED): DOWN,
}
"""Every transition; any other pair of state and signal must leave the state unchanged."""


@pytest.mark.parametrize(("state", "signal"), list(itertools.product(LinkState, Signal)))
def test_every_signal_in_every_state_moves_the_link_as_the_table_says(state: LinkState, signal: Signal) -> None:
    assert advance(state, signal) is MOVES.get((state, signal), state)


def test_a_link_passes_every_state_on_its_way_up() -> None:
    states = [RESOLVING]
    for signal in (Signal.RESOLVED, Signal.CONNECTED, Signal.HANDSHAKE_DONE, Signal.WELCOMED, Signal.SILENT):
        states.append(advance(states[-1], signal))
    assert states == [RESOLVING, CONNECTING, HANDSHAKING, GREETING, UP, SUSPECT]


def test_only_a_link_that_is_up_or_suspect_carries_messages() -> None:
    assert [state for state in LinkState if state.carries] == [UP, SUSPECT]


def test_a_link_that_is_down_stays_down() -> None:
    assert {advance(DOWN, signal) for signal in Signal} == {DOWN}


def test_every_state_except_down_can_go_down() -> None:
    assert all(any(MOVES.get((state, signal)) is DOWN for signal in Signal) for state in LinkState if state is not DOWN)


@pytest.mark.parametrize(
    ("state", "signal", "silent_s", "reason"),
    [
        (RESOLVING, Signal.UNRESOLVED, 0.0, "could not be resolved"),
        (RESOLVING, Signal.MUTE, 4.0, "the name service did not answer"),
        (CONNECTING, Signal.REFUSED, 0.0, "connection refused"),
        (CONNECTING, Signal.MUTE, 4.0, "no answer from the address"),
        (HANDSHAKING, Signal.REJECTED, 0.0, "refused the token"),
        (HANDSHAKING, Signal.MISMATCHED, 0.0, "another security mechanism"),
        (HANDSHAKING, Signal.MUTE, 4.0, "did not finish the handshake"),
        (HANDSHAKING, Signal.REFUSED, 0.0, "during the handshake"),
        (HANDSHAKING, Signal.DROPPED, 0.0, "is not a bridge"),
        (GREETING, Signal.MUTE, 4.0, "did not answer the hello"),
        (GREETING, Signal.DROPPED, 0.0, "closed the connection"),
        (UP, Signal.DROPPED, 1.9, "closed the connection"),
        (UP, Signal.DROPPED, 2.0, "silent for 2.0 s"),
        (SUSPECT, Signal.DROPPED, 1.9, "closed the connection"),
        (SUSPECT, Signal.DROPPED, 2.1, "silent for 2.1 s"),
    ],
)
def test_the_reason_explains_why_the_link_is_down(
    state: LinkState, signal: Signal, silent_s: float, reason: str
) -> None:
    assert reason in why_down(state, signal, silent_s=silent_s, patience_s=2.0)


def test_every_failure_before_the_greeting_has_its_own_reason() -> None:
    """One reason is shared: a refused connection and one dropped while connecting mean the same."""
    before = (RESOLVING, CONNECTING, HANDSHAKING)
    ways = [(state, signal) for state in before for signal, after in TRANSITIONS[state].items() if after is DOWN]
    reasons = [why_down(state, signal, silent_s=0.0, patience_s=2.0) for state, signal in ways]
    assert "the server closed the connection" not in reasons
    assert len(set(reasons)) == len(reasons) - 1


def test_a_probe_is_needed_where_libzmq_does_not_report_the_cause() -> None:
    probed = [(state, signal) for state in LinkState for signal in Signal if needs_probe(state, signal)]
    assert probed == [(HANDSHAKING, Signal.DROPPED), (HANDSHAKING, Signal.MUTE)]


seconds = st.floats(0, 1e8)
FLOAT_NOISE_MS = 1e-3


@given(ours_s=seconds, skew_s=seconds, transit_s=st.floats(0, 60), ahead_s=st.floats(0, 60))
def test_a_deadline_is_never_late_and_early_by_at_most_the_transit_time(
    ours_s: float, skew_s: float, transit_s: float, ahead_s: float
) -> None:
    measured = ServerClock.measured(server_now_ms=int((ours_s + skew_s) * 1000), received_at_s=ours_s + transit_s)
    at_s = ours_s + transit_s + ahead_s
    truth_ms = (at_s + skew_s) * 1000
    deadline = measured.deadline(at_s)
    assert truth_ms - transit_s * 1000 - 2 - FLOAT_NOISE_MS <= deadline <= truth_ms + FLOAT_NOISE_MS


def test_a_deadline_before_the_servers_start_is_zero() -> None:
    assert ServerClock.measured(0, 100.0).deadline(50.0) == 0

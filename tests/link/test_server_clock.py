from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from timmy_actors.link.state import ServerClock

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

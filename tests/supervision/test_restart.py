from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timmy_actors.supervision import Backoff, ChildSpec, Intensity, RestartType
from timmy_actors.supervision.actor import Actor
from timmy_actors.supervision.restart import Decision, GiveUp, NoRestart, Restart, Window, decide

PERMANENT, TRANSIENT, TEMPORARY = RestartType.PERMANENT, RestartType.TRANSIENT, RestartType.TEMPORARY
STOPPED, EXPECTED, FAILED = None, ConnectionError("link"), ValueError("bug")
NOW = 100.0


def full() -> Window:
    """A window in which the next counted failure exceeds the intensity."""
    window = Intensity(failures=1, period_s=5.0).window()
    window.add(NOW - 1)
    return window


def decided(
    restart: RestartType,
    reason: BaseException | None,
    *,
    window: Window | None = None,
    uptime_s: float = 0.0,
    n: int = 0,
) -> Decision:
    backoff = Backoff(base_s=1.0, cap_s=64.0, stable_after_s=10.0)
    spec = ChildSpec("child", Actor, restart=restart, expected=(ConnectionError,), backoff=backoff)
    window = full() if window is None else window
    return decide(spec, reason, uptime_s=uptime_s, restarts=n, window=window, now=NOW, random=Random(1))


@pytest.mark.parametrize(
    ("restart", "reason", "with_room", "without_room"),
    [
        (PERMANENT, STOPPED, Restart, GiveUp),
        (PERMANENT, EXPECTED, Restart, Restart),
        (PERMANENT, FAILED, Restart, GiveUp),
        (TRANSIENT, STOPPED, NoRestart, NoRestart),
        (TRANSIENT, EXPECTED, Restart, Restart),
        (TRANSIENT, FAILED, Restart, GiveUp),
        (TEMPORARY, STOPPED, NoRestart, NoRestart),
        (TEMPORARY, EXPECTED, NoRestart, NoRestart),
        (TEMPORARY, FAILED, NoRestart, NoRestart),
    ],
)
def test_the_restart_type_and_the_reason_decide(
    restart: RestartType, reason: BaseException | None, with_room: type, without_room: type
) -> None:
    assert type(decided(restart, reason, window=Intensity().window())) is with_room
    assert type(decided(restart, reason)) is without_room


def test_an_expected_reason_does_not_count() -> None:
    window = full()
    assert isinstance(decided(PERMANENT, EXPECTED, window=window), Restart)
    assert window.seen == (NOW - 1,)


def test_an_exception_derived_from_an_expected_one_is_expected() -> None:
    assert isinstance(decided(PERMANENT, ConnectionRefusedError()), Restart)


def test_an_unexpected_reason_counts_once() -> None:
    window = Intensity().window()
    assert isinstance(decided(PERMANENT, FAILED, window=window), Restart)
    assert window.seen == (NOW,)


def test_each_restart_makes_the_next_delay_longer() -> None:
    decision = decided(PERMANENT, EXPECTED, n=0)
    assert isinstance(decision, Restart)
    assert (decision.delay_s, decision.restarts) == (0.0, 1)
    later = decided(PERMANENT, EXPECTED, n=decision.restarts)
    assert isinstance(later, Restart)
    assert (0 < later.delay_s <= 1.0, later.restarts) == (True, 2)


@pytest.mark.parametrize(("uptime_s", "restarts"), [(9.999, 8), (10.0, 1)])
def test_a_child_that_was_stable_long_enough_restarts_its_backoff(uptime_s: float, restarts: int) -> None:
    decision = decided(PERMANENT, EXPECTED, uptime_s=uptime_s, n=7)
    assert isinstance(decision, Restart)
    assert decision.restarts == restarts


def test_as_many_failures_as_allowed_are_borne_and_one_more_is_not() -> None:
    window = Intensity(failures=2, period_s=5.0).window()
    window.add(0.0)
    window.add(1.0)
    assert not window.exceeded
    window.add(2.0)
    assert window.exceeded


def test_a_failure_leaves_the_window_after_exactly_the_period() -> None:
    for second, exceeded in ((4.999, True), (5.0, False)):
        window = Intensity(failures=1, period_s=5.0).window()
        window.add(0.0)
        window.add(second)
        assert window.exceeded is exceeded


def test_none_allowed_means_the_first_failure_is_too_many() -> None:
    window = Intensity(failures=0).window()
    window.add(0.0)
    assert window.exceeded


def test_every_window_of_an_intensity_is_its_own() -> None:
    intensity = Intensity(failures=0)
    intensity.window().add(0.0)
    assert not intensity.window().exceeded


@given(gaps=st.lists(st.floats(0, 10), max_size=30))
def test_a_window_holds_exactly_the_failures_of_its_period(gaps: list[float]) -> None:
    window, times = Intensity(failures=3, period_s=5.0).window(), [0.0]
    for gap in gaps:
        times.append(times[-1] + gap)
        window.add(times[-1])
        recent = [then for then in times[1:] if times[-1] < then + 5.0]
        assert list(window.seen) == recent

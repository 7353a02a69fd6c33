from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from timmy_actors.supervision import Intensity


def test_as_many_failures_as_allowed_are_borne_and_one_more_is_not() -> None:
    window = Intensity(failures=2, period_s=5.0).add(0.0).add(1.0)
    assert not window.exceeded
    assert window.add(2.0).exceeded


def test_a_failure_leaves_the_window_after_exactly_the_period() -> None:
    window = Intensity(failures=1, period_s=5.0).add(0.0)
    assert window.add(4.999).exceeded
    assert not window.add(5.0).exceeded


def test_none_allowed_means_the_first_failure_is_too_many() -> None:
    assert Intensity(failures=0).add(0.0).exceeded


def test_adding_leaves_the_window_it_was_added_to() -> None:
    window = Intensity(failures=0)
    window.add(0.0)
    assert not window.exceeded


@given(gaps=st.lists(st.floats(0, 10), max_size=30))
def test_a_window_holds_exactly_the_failures_of_its_period(gaps: list[float]) -> None:
    window, times = Intensity(failures=3, period_s=5.0), [0.0]
    for gap in gaps:
        times.append(times[-1] + gap)
        window = window.add(times[-1])
        recent = [then for then in times[1:] if times[-1] < then + 5.0]
        assert list(window.seen) == recent

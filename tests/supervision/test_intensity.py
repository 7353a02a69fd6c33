from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from timmy_actors.supervision import Intensity


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

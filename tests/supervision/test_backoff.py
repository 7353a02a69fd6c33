from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timmy_actors.supervision import Backoff


def test_the_first_restart_is_at_once() -> None:
    assert Backoff(base_s=1.0, cap_s=8.0).delay(0, Random(1)) == 0.0


@pytest.mark.parametrize(
    ("restarts", "ceiling"), [(0, 0.0), (1, 0.1), (2, 0.2), (3, 0.4), (6, 3.2), (7, 5.0), (8, 5.0)]
)
def test_the_ceiling_doubles_up_to_the_cap(restarts: int, ceiling: float) -> None:
    assert Backoff(base_s=0.1, cap_s=5.0).ceiling(restarts) == pytest.approx(ceiling)


def test_a_child_that_failed_a_million_times_still_has_a_delay() -> None:
    assert Backoff(base_s=0.1, cap_s=5.0).ceiling(1_000_000) == 5.0


@given(restarts=st.integers(0, 5_000), seed=st.integers())
def test_a_delay_is_never_beyond_its_ceiling_nor_below_nothing(restarts: int, seed: int) -> None:
    backoff = Backoff(base_s=0.1, cap_s=5.0)
    assert 0.0 <= backoff.delay(restarts, Random(seed)) <= backoff.ceiling(restarts) <= 5.0


def test_delays_are_spread_over_the_whole_range() -> None:
    random = Random(1)
    delays = [Backoff(base_s=1.0, cap_s=1.0).delay(5, random) for _ in range(1_000)]
    assert min(delays) < 0.05
    assert max(delays) > 0.95

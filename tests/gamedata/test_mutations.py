"""A mutated plugin raises only typed errors, in bounded time. `make fuzz-plugins` runs a million."""

from __future__ import annotations

from collections import Counter

from tests.fuzz.plugin_fuzz import check, index_in_memory, small_plugin

MUTATIONS = 300


def test_the_plugin_that_is_mutated_is_without_faults() -> None:
    assert list(index_in_memory(small_plugin())) == []


def test_mutated_plugins_are_read_or_refused_with_a_reason() -> None:
    data = small_plugin()
    outcomes = Counter(check(data, seed) for seed in range(MUTATIONS))
    assert outcomes.total() == MUTATIONS
    assert min(outcomes["whole"], outcomes["faults"], outcomes["refused"]) > 0

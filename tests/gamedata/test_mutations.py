"""A mutated plugin raises only typed errors, in bounded time. `make fuzz-plugins` runs a million."""

from __future__ import annotations

import contextlib
from pathlib import Path

from tests.fuzz.plugin_fuzz import ASKED_EVERY, SLOPE, MemoryIndex, Mutations, ask_everything, small_plugin

MUTATIONS = 6 * ASKED_EVERY


def test_the_plugin_that_is_mutated_is_without_faults(tmp_path: Path) -> None:
    with contextlib.closing(MemoryIndex()) as index:
        assert list(index.read(small_plugin())) == []
        assert list(index.read(small_plugin(SLOPE))) == []
    ask_everything(small_plugin(SLOPE), tmp_path)


def test_mutated_plugins_are_read_or_refused_with_a_reason(tmp_path: Path) -> None:
    with contextlib.closing(Mutations(tmp_path)) as mutations:
        for seed in range(MUTATIONS):
            mutations.check(seed)
    assert sum(mutations.outcomes.values()) == MUTATIONS
    assert min(mutations.outcomes.values()) > 0

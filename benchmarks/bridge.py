"""What the bridge costs the game's loop."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.harness import ROUNDS, Reading, p50
from timmy_actors.embedded.settings import WorldSettings
from timmy_actors.embedded.world import World

POLLS = 1_000


def run() -> Iterator[Reading]:
    """Every figure of this room."""
    world = World(WorldSettings(mechanism="NULL"))
    poll = world._lua.globals().TimmyBridgePoll
    values = [p50(poll, POLLS) for _ in range(ROUNDS)]
    world.stop()
    yield Reading("Lua poll with nothing to do", values, "<= 20 us", lambda us: us <= 20, "us")

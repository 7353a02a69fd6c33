"""A command through the actors and the socket, against a bare relay that has the same hand-overs and validates nothing.

The peer, in a process of its own, echoes at once: the figures are what the daemon adds.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks.contenders.relay import Relay
from benchmarks.echo import EchoProcess
from benchmarks.harness import Figure, in_turn, p50
from benchmarks.link import bare_dealer, bare_trip, running
from timmy_actors.daemon import JournalSettings, LinkSettings, Runtime, Settings, WorldSettings

TRIPS = 200


def run() -> Iterator[Figure]:
    """Every figure of this room."""
    with ExitStack() as stack:
        echo = stack.enter_context(EchoProcess())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        dealer = stack.enter_context(bare_dealer(echo.bare))
        relay = stack.enter_context(Relay(echo.bare))
        writing = stack.enter_context(Relay(echo.bare, folder / "relay.db"))
        plain = stack.enter_context(running(_settings(echo, journaled=False)))
        journaled = stack.enter_context(running(_settings(echo, journaled=True)))
        bare, relayed, written, sent, stored = in_turn(
            partial(bare_trip, dealer),
            partial(p50, relay.call, TRIPS),
            partial(p50, writing.call, TRIPS),
            partial(_trip, plain),
            partial(_trip, journaled),
        )
    dealers, third = "DEALER/ROUTER", "relay and journal"
    yield Figure("bare two-thread relay, p50", relayed, bare, yardstick_name=dealers)
    yield Figure("bare relay with a third thread that commits, p50", written, bare, yardstick_name=dealers)
    yield Figure("command through actors and socket, p50", sent, relayed, "<= 1.4 x", _within(1.4), "us", "bare relay")
    yield Figure("the same, journaled", stored, written, "<= 1.5 x", _within(1.5), "us", third)


def _within(most: float) -> Callable[[float], bool]:
    return lambda ratio: ratio <= most


def _settings(echo: EchoProcess, *, journaled: bool) -> Settings:
    link = LinkSettings(address=echo.game, mechanism="null", client=f"bench-{journaled}")
    return Settings(world=WorldSettings(embedded=False), link=link, journal=JournalSettings(enabled=journaled))


def _trip(timmy: Runtime) -> float:
    return p50(lambda: timmy.command("message", player="Timmy", text="hello"), TRIPS)

"""A daemon's actors in this process, linked to a scripted peer instead of a game server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.waiting import eventually
from timmy_actors import RefusedError, Runtime
from timmy_actors.client import endpoint_path, resolve_endpoint
from timmy_actors.daemon import JournalSettings, LinkSettings, Settings, WorldSettings
from timmy_actors.protocol import LinkStatus, PerceptionOutput
from timmy_actors.supervision import ChildState, SharedValue
from timmy_actors.system import config_folder

BEAT_S = 0.2
"""The heartbeat interval: short enough for a quick test, long enough for a busy machine."""


class LinkHistory(SharedValue[LinkStatus]):
    """Keeps what was published: a link that is down comes up again before a test can look."""

    __slots__ = ("seen",)

    def __init__(self, value: LinkStatus) -> None:
        self.seen: list[LinkStatus] = []
        super().__init__(value)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "value":
            self.seen.append(value)


@contextmanager
def running(address: str, *, endpoint: str | None = None, **settings: Any) -> Iterator[Runtime]:
    """A started runtime that looks for its game server at `address`."""
    link = LinkSettings(address=address, mechanism="null", heartbeat_interval_s=BEAT_S)
    socket = endpoint_path(resolve_endpoint(endpoint))
    settings.setdefault("journal", JournalSettings(file=f"{socket}.journal"))
    made = Settings(world=WorldSettings(embedded=False), link=link, **settings)
    runtime = Runtime(made, folder=config_folder(), endpoint=endpoint)
    runtime.shared.link = runtime.shared.perceptions.link = LinkHistory(runtime.shared.link.value)
    with runtime:
        yield runtime


def link_up(runtime: Runtime, *, after: int = 0) -> LinkStatus:
    """The link, once it is up in an epoch later than `after`."""

    def look() -> LinkStatus | None:
        link = runtime.shared.link.value
        return link if link.state == "up" and link.epoch > after else None

    found = eventually(look)
    assert found is not None
    return found


def link_down(runtime: Runtime, told: str) -> LinkStatus:
    """The link, once it was down for a reason that says `told`."""
    history = runtime.shared.link
    assert isinstance(history, LinkHistory)

    def look() -> LinkStatus | None:
        return next((link for link in history.seen if link.state == "down" and told in (link.reason or "")), None)

    found = eventually(look)
    assert found is not None
    return found


def link_lost(runtime: Runtime) -> None:
    """Wait until the link is down."""
    eventually(lambda: not runtime.shared.link.value.carries)


def fresh(runtime: Runtime, **position: Any) -> PerceptionOutput:
    """Timmy's snapshot, once it holds and its position is as said."""

    def look() -> PerceptionOutput | None:
        try:
            known = runtime.snapshot("Timmy")
        except RefusedError:
            return None
        there = all(getattr(known.position, name) == value for name, value in position.items())
        return known if there and not known.stale else None

    found = eventually(look)
    assert found is not None
    return found


def restarted(runtime: Runtime, name: str, times: int = 1) -> None:
    """Wait until an actor was restarted that often and is up."""
    entries = runtime.directory
    eventually(lambda: (entry := entries.entries[name]).restarts == times and entry.state is ChildState.UP)

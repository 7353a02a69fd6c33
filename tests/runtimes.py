"""Daemons in this process, linked to a scripted peer instead of a game server."""

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
    """Records every published status: a link may come up again before a test sees it down."""

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
    """A started runtime whose game server is at `address`."""
    link = LinkSettings(address=address, mechanism="null", heartbeat_interval_s=BEAT_S)
    socket = endpoint_path(resolve_endpoint(endpoint))
    settings.setdefault("journal", JournalSettings(file=f"{socket}.journal"))
    all_settings = Settings(world=WorldSettings(embedded=False), link=link, **settings)
    runtime = Runtime(all_settings, folder=config_folder(), endpoint=endpoint)
    runtime.shared.link = runtime.shared.perceptions.link = LinkHistory(runtime.shared.link.value)
    with runtime:
        yield runtime


def link_up(runtime: Runtime, *, after: int = 0) -> LinkStatus:
    """Wait until the link is up in an epoch later than `after`; its status."""

    def look() -> LinkStatus | None:
        link = runtime.shared.link.value
        return link if link.state == "up" and link.epoch > after else None

    result = eventually(look)
    assert result is not None
    return result


def link_down(runtime: Runtime, reason: str) -> LinkStatus:
    """Wait until the link was down with `reason` in its message; its status."""
    history = runtime.shared.link
    assert isinstance(history, LinkHistory)

    def look() -> LinkStatus | None:
        return next((link for link in history.seen if link.state == "down" and reason in (link.reason or "")), None)

    result = eventually(look)
    assert result is not None
    return result


def link_lost(runtime: Runtime) -> None:
    """Wait until the link is down."""
    eventually(lambda: not runtime.shared.link.value.carries)


def fresh(runtime: Runtime, **position: Any) -> PerceptionOutput:
    """Wait for a snapshot of Timmy that is not stale and has this position."""

    def look() -> PerceptionOutput | None:
        try:
            snapshot = runtime.snapshot("Timmy")
        except RefusedError:
            return None
        matches = all(getattr(snapshot.position, name) == value for name, value in position.items())
        return snapshot if matches and not snapshot.stale else None

    result = eventually(look)
    assert result is not None
    return result


def restarted(runtime: Runtime, name: str, times: int = 1) -> None:
    """Wait until an actor was restarted `times` times and is up."""
    entries = runtime.directory
    eventually(lambda: (entry := entries.entries[name]).restarts == times and entry.state is ChildState.UP)

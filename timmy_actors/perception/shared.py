"""What is perceived, for everybody to read: the values outlive the actor that writes them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from timmy_actors.errors import RefusedError
from timmy_actors.perception.messages import Await, Happened
from timmy_actors.perception.retention import as_of, shows
from timmy_actors.perception.watching import Watch, Watchers
from timmy_actors.protocol import LinkStatus, PerceptionOutput
from timmy_actors.supervision import Reply, SharedValue

MAX_WAITING = 1_000
"""As many as commands can be on their way."""


@dataclass(frozen=True)
class _Waiter:
    wanted: Await
    reply: Reply


class Awaiting:
    """Those who wait, each answered with the first published snapshot that shows what it waits for."""

    def __init__(self, shared: Perceptions) -> None:
        self._shared = shared
        self._waiters: list[_Waiter] = []

    def found(self, wanted: Await) -> PerceptionOutput | None:
        """The snapshot that is wanted, if it is there."""
        snapshot = self._shared.snapshot(wanted.player)
        return snapshot if snapshot is not None and shows(snapshot, wanted.after) else None

    def add(self, wanted: Await, reply: Reply) -> None:
        """Have somebody wait.

        Raises:
            RefusedError: `overloaded`: too many do.
        """
        if len(self._waiters) >= MAX_WAITING:
            raise RefusedError("overloaded", f"{MAX_WAITING} calls wait for perceptions already")
        self._waiters.append(_Waiter(wanted, reply))

    def answer(self) -> None:
        """Answer those whose snapshot is there, and those who have waited long enough."""
        waiting, self._waiters = self._waiters, []
        for waiter in waiting:
            snapshot = self.found(waiter.wanted)
            if snapshot is not None:
                waiter.reply.set(snapshot)
            elif time.monotonic() >= waiter.wanted.due:
                waiter.reply.fail(self._late(waiter.wanted))
            else:
                self._waiters.append(waiter)

    def dismiss(self, why: str) -> None:
        """Leave nobody waiting."""
        waiting, self._waiters = self._waiters, []
        for waiter in waiting:
            waiter.reply.fail(RefusedError("unavailable", why))

    def next_due(self) -> float | None:
        """When the first of them has waited long enough, in monotonic seconds."""
        return min((waiter.wanted.due for waiter in self._waiters), default=None)

    def _late(self, wanted: Await) -> RefusedError:
        known = self._shared.snapshot(wanted.player)
        if known is None:
            last = "nothing of that player was"
        elif known.stale:
            last = f"the last that was does not hold ({known.stale_reason})"
        else:
            last = f"the last that was shows {known.revision}"
        told = f"what command {wanted.after.number} did to {wanted.player} was not perceived within"
        return RefusedError("expired", f"{told} {wanted.timeout_s:g} s: {last}")


Snapshots = Mapping[str, PerceptionOutput]


class Perceptions:
    """The last known snapshots, and who watches what happens. Written by the perception actor, read by anybody."""

    def __init__(self, link: SharedValue[LinkStatus]) -> None:
        self.link = link
        """The link's status, written by the connection."""
        self.snapshots: SharedValue[Snapshots] = SharedValue(MappingProxyType({}))
        self.received_at: SharedValue[Mapping[str, float]] = SharedValue(MappingProxyType({}))
        """When each snapshot was received, in monotonic seconds: their timestamps are for people, not for durations."""
        self.players_left_out: SharedValue[int] = SharedValue(0)
        """How many players the server named beyond those whose snapshots are kept."""
        self.watchers = Watchers()
        """Who watches what happens: callers in this process, and the gateway for those in others."""

    def snapshot(self, player: str) -> PerceptionOutput | None:
        """The last known snapshot of a player, stale where the link that brought it is not up any more."""
        snapshot = self.snapshots.value.get(player)
        return None if snapshot is None else as_of(snapshot, self.link.value)

    def watch(self, watch: Watch) -> Watch:
        """Tell a watch of what happens from now on; while the link is down it begins with that, and what was known."""
        return self.watchers.add(watch, as_it_stands=self._as_it_stands)

    def _as_it_stands(self) -> Iterator[Happened]:
        link = self.link.value
        if link.carries:
            return  # it has just come up: that is told next
        yield Happened(link=link.model_copy(update={"state": "down"}))
        for snapshot in self.snapshots.value.values():
            yield Happened(snapshot=as_of(snapshot, link))

    def find(self, player: str) -> PerceptionOutput:
        """The published snapshot of a player.

        Raises:
            RefusedError: there is none.
        """
        snapshot = self.snapshot(player)
        if snapshot is not None:
            return snapshot
        snapshots = self.snapshots.value
        if not snapshots:
            link = self.link.value
            raise RefusedError("unavailable", f"nothing is perceived yet: the link is {link.state}")
        raise RefusedError(
            "no_such_player", f"nothing is known of {player!r}; perceived: {', '.join(sorted(snapshots))}", "player"
        )

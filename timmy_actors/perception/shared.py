"""The published snapshots, which outlive the actor that writes them, and the calls that wait for one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from timmy_actors.errors import RefusedError
from timmy_actors.perception.merged import Snapshot, output_of
from timmy_actors.perception.messages import Await, Happened
from timmy_actors.perception.retention import as_of, shows
from timmy_actors.perception.watching import Watch, Watchers
from timmy_actors.protocol import LinkStatus, PerceptionOutput
from timmy_actors.supervision import Reply, SharedValue

MAX_WAITING = 1_000
"""Equal to the highest number of pending commands."""


@dataclass(frozen=True)
class _Waiter:
    wanted: Await
    reply: Reply


class Awaiting:
    """Pending `Await` requests; each is answered with the first published snapshot that satisfies it."""

    def __init__(self, shared: Perceptions) -> None:
        self._shared = shared
        self._waiters: list[_Waiter] = []

    def match(self, wanted: Await) -> PerceptionOutput | None:
        """The published snapshot that satisfies the request, if any."""
        published = self._shared.published(wanted.player)
        return output_of(published) if published is not None and shows(published, wanted.after) else None

    def add(self, wanted: Await, reply: Reply) -> None:
        """Add a request.

        Raises:
            RefusedError: `overloaded`: MAX_WAITING requests are pending.
        """
        if len(self._waiters) >= MAX_WAITING:
            raise RefusedError("overloaded", f"{MAX_WAITING} calls already wait for perceptions: try again later")
        self._waiters.append(_Waiter(wanted, reply))

    def answer(self) -> None:
        """Answer the satisfied requests and refuse the expired ones."""
        waiting, self._waiters = self._waiters, []
        for waiter in waiting:
            snapshot = self.match(waiter.wanted)
            if snapshot is not None:
                waiter.reply.set(snapshot)
            elif time.monotonic() >= waiter.wanted.due:
                waiter.reply.fail(self._expired(waiter.wanted))
            else:
                self._waiters.append(waiter)

    def dismiss(self, why: str) -> None:
        """Refuse all requests with `unavailable` and this reason."""
        waiting, self._waiters = self._waiters, []
        for waiter in waiting:
            waiter.reply.fail(RefusedError("unavailable", why))

    def next_due(self) -> float | None:
        """The earliest expiry of the pending requests, in monotonic seconds."""
        return min((waiter.wanted.due for waiter in self._waiters), default=None)

    def _expired(self, wanted: Await) -> RefusedError:
        known = self._shared.published(wanted.player)
        if known is None:
            last = "no snapshot of that player was received"
        elif known.stale:
            last = f"the last snapshot is stale ({known.stale_reason})"
        else:
            last = f"the last snapshot shows revision {known.revision}"
        missing = f"no snapshot of {wanted.player} showed revision {wanted.after.number} within"
        return RefusedError("expired", f"{missing} {wanted.timeout_s:g} s: {last}")


Snapshots = Mapping[str, Snapshot]


class Perceptions:
    """The last known snapshots and the watches. Written by the perception actor, read by any thread."""

    def __init__(self, link: SharedValue[LinkStatus]) -> None:
        self.link = link
        """The link's status, written by the connection."""
        self.snapshots: SharedValue[Snapshots] = SharedValue(MappingProxyType({}))
        self.received_at: dict[str, float] = {}
        """When each snapshot was received, in monotonic seconds; snapshot timestamps are UTC, unfit for durations.
        Changed in place: other threads look single players up."""
        self.players_left_out: SharedValue[int] = SharedValue(0)
        """How many players the server reported beyond the stored snapshots."""
        self.watchers = Watchers()
        """The watches: of callers in this process, and of the gateway for clients in other processes."""

    def snapshot(self, player: str) -> PerceptionOutput | None:
        """The last known snapshot of a player, marked stale if the link that delivered it is no longer up."""
        published = self.published(player)
        return None if published is None else output_of(published)

    def published(self, player: str) -> Snapshot | None:
        """The same as it is stored: what it lists nearby is built when its `output` is read."""
        snapshot = self.snapshots.value.get(player)
        return None if snapshot is None else as_of(snapshot, self.link.value)

    def watch(self, watch: Watch) -> Watch:
        """Start a watch; while the link is down it first receives the link's state and the last known snapshots."""
        return self.watchers.add(watch, initial=self._initial)

    def _initial(self) -> Iterator[Happened]:
        link = self.link.value
        if link.carries:
            return  # the link has just come up: the perception actor publishes that next
        yield Happened(link=link.model_copy(update={"state": "down"}))
        for snapshot in self.snapshots.value.values():
            yield Happened(snapshot=as_of(snapshot, link))

    def find(self, player: str) -> PerceptionOutput:
        """The published snapshot of a player.

        Raises:
            RefusedError: `unavailable`: no snapshot exists yet; `no_such_player`: none of this player exists.
        """
        snapshot = self.snapshot(player)
        if snapshot is not None:
            return snapshot
        snapshots = self.snapshots.value
        if not snapshots:
            link = self.link.value
            raise RefusedError("unavailable", f"no snapshot has been received yet: the link is {link.state}")
        raise RefusedError(
            "no_such_player", f"no snapshot of player {player!r}; available: {', '.join(sorted(snapshots))}", "player"
        )

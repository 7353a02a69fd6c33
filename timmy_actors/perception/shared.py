"""What is perceived, for everybody to read: the values outlive the actor that writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from timmy_actors.errors import RefusedError
from timmy_actors.perception.merge import as_of
from timmy_actors.perception.messages import Happened
from timmy_actors.perception.watching import Watch, Watchers
from timmy_actors.protocol import LinkStatus, PerceptionOutput
from timmy_actors.supervision import SharedValue

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

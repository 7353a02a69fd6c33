"""What the actors publish for everybody to read: the values outlive whoever wrote them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from timmy_actors.actors.messages import Happened
from timmy_actors.perception.watching import Watch, Watchers
from timmy_actors.perception.merge import as_of
from timmy_actors.protocol.health import Health, LinkStatus, WorldStatus
from timmy_actors.protocol.journal import JournalStatus
from timmy_actors.protocol.perception import PerceptionOutput
from timmy_actors.protocol.portal import PortalEntry, PortalStatus
from timmy_actors.supervision import Published

Snapshots = Mapping[str, PerceptionOutput]


class Board:
    """One published value a concern, each written by one actor."""

    def __init__(self) -> None:
        self.link: Published[LinkStatus] = Published(LinkStatus(state="down", reason="not started"))
        self.snapshots: Published[Snapshots] = Published(MappingProxyType({}))
        self.heard_at: Published[Mapping[str, float]] = Published(MappingProxyType({}))
        """When each snapshot was received, in monotonic seconds: their timestamps are for people, not for durations."""
        self.players_left_out: Published[int] = Published(0)
        """How many players the server named beyond those whose snapshots are kept."""
        self.world: Published[WorldStatus | None] = Published(None)
        self.journal: Published[JournalStatus] = Published(JournalStatus(state="off"))
        self.portal: Published[PortalEntry | None] = Published(None)
        self.portal_status: Published[PortalStatus | None] = Published(None)
        self.watchers = Watchers()
        """Who watches what happens: callers in this process, and the gateway for those in others."""
        self.health: Published[Health | None] = Published(None)

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

    def current_health(self) -> Health | None:
        """The last verdict, with the portal's status of this moment: that changes more often than a verdict is made."""
        health, portal = self.health.value, self.portal.value
        if health is None or portal is None:
            return health
        return health.model_copy(update={"portal": portal.id, "portal_status": self.portal_status.value})

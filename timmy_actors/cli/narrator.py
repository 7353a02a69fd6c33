"""What the foreground says while the daemon runs: each change once, in a line."""

from __future__ import annotations

from collections.abc import Callable

from timmy_actors.cli.words import describe_position
from timmy_actors.runtime import Runtime


class Narrator:
    """Looks at what the actors published and says what is new."""

    def __init__(self, runtime: Runtime, say: Callable[[str], None]) -> None:
        self._runtime = runtime
        self._say = say
        self._world_pid: int | None = None
        self._world_restarts = 0
        self._epoch_up = 0
        self._down_reason: str | None = None
        self._portal: str | None = None
        self._greeted = False

    def look(self) -> None:
        """Say what has changed since the last look."""
        self._look_at_world()
        self._look_at_link()
        self._look_at_portal()
        self._look_at_player()

    def _look_at_world(self) -> None:
        world = self._runtime.board.world.value
        if world is not None and world.state == "up" and world.pid != self._world_pid:
            self._world_pid = world.pid
            self._say(f"world up      embedded, process {world.pid}, bridge on 127.0.0.1:{world.port}")
        entry = self._runtime.directory.entries.get("world")
        if entry is not None and entry.restarts > self._world_restarts:
            self._world_restarts = entry.restarts
            self._say(f"world down    {entry.last_reason}; starting it again")

    def _look_at_link(self) -> None:
        link = self._runtime.board.link.value
        if link.state == "up" and link.epoch != self._epoch_up:
            self._epoch_up, self._down_reason = link.epoch, None
            self._say(f"link up       {link.address} in {link.up_after_ms:.0f} ms")
        elif link.state == "down" and link.reason != self._down_reason and link.epoch > 0:
            self._down_reason = link.reason
            self._say(f"link down     {link.address}: {link.reason}; trying again")

    def _look_at_portal(self) -> None:
        portal = self._runtime.board.portal.value
        if portal is not None and portal.id != self._portal:
            self._portal = portal.id
            self._say(f"portal        {portal.id}: {portal.name}")

    def _look_at_player(self) -> None:
        player = self._runtime.settings.player
        snapshot = self._runtime.board.snapshots.value.get(player)
        if self._greeted or snapshot is None or snapshot.position is None:
            return
        self._greeted = True
        self._say(f"snapshot      {player} stands in {describe_position(snapshot.position)}")
        self._say(f"endpoint      {self._runtime.endpoint}")
        self._say("look further  timmy-actors status | snapshot | watch | do teleport to=Balmora     (Ctrl-C stops)")

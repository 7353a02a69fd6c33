"""What the foreground says while the daemon runs: each change once, in a line."""

from __future__ import annotations

import time
from collections.abc import Callable

from timmy_actors.cli.formatting import describe_position
from timmy_actors.cli.output import harmless
from timmy_actors.daemon import Runtime
from timmy_actors.supervision import Entry

REPEATS_EVERY_S = 60.0
"""How often it is said that what is down is still down."""
MAX_REASONS = 8
"""Different reasons said before an actor is up again; what comes after them counts as more of the same."""


class Falls:
    """What is to be said of an actor's restarts: each reason once, and how many followed, until it is up. Pure.

    The directory is followed, not the shared state: what is restarted at once is down for less than a look's time.
    """

    def __init__(self) -> None:
        self._restarts = 0
        self._reasons: set[str | None] = set()
        self._repeats = 0
        self._said_at = 0.0

    def since(self, entry: Entry | None, now: float) -> str | None:
        """Why it fell since the last look, or None when there is nothing new to say."""
        if entry is None:
            return None
        # A supervisor that was itself restarted counts its children's anew.
        more = entry.restarts - self._restarts if entry.restarts >= self._restarts else entry.restarts
        self._restarts = entry.restarts
        if more and entry.last_reason not in self._reasons and len(self._reasons) < MAX_REASONS:
            self._reasons.add(entry.last_reason)
            self._said_at = now
            return entry.last_reason
        self._repeats += more
        if not self._repeats or now < self._said_at + REPEATS_EVERY_S:
            return None
        repeats, self._repeats, self._said_at = self._repeats, 0, now
        return f"still so after {repeats} more tries: {entry.last_reason}"

    def up(self) -> None:
        """It is up: its next failure is news again, whatever the reason."""
        self._reasons.clear()
        self._repeats = 0


class Narrator:
    """Looks at what the actors published and says what is new."""

    def __init__(self, runtime: Runtime, say: Callable[[str], None]) -> None:
        self._runtime = runtime
        self._write = say
        self._world_pid: int | None = None
        self._world_falls = Falls()
        self._epoch_up = 0
        self._link_falls = Falls()
        self._portal: str | None = None
        self._greeted = False

    def look(self) -> None:
        """Say what has changed since the last look."""
        self._look_at_world()
        self._look_at_link()
        self._look_at_portal()
        self._look_at_player()

    def _say(self, line: str) -> None:
        self._write(harmless(line))

    def _look_at_world(self) -> None:
        world = self._runtime.shared.world.value
        reason = self._world_falls.since(self._runtime.directory.entries.get("world"), time.monotonic())
        if reason is not None:
            self._say(f"world down    {reason}; starting it again")
        if world is not None and world.state == "up" and world.pid != self._world_pid:
            self._world_pid = world.pid
            self._world_falls.up()
            self._say(f"world up      embedded, process {world.pid}, bridge on 127.0.0.1:{world.port}")

    def _look_at_link(self) -> None:
        link = self._runtime.shared.link.value
        reason = self._link_falls.since(self._runtime.directory.entries.get("connection"), time.monotonic())
        if reason is not None:
            self._say(f"link down     {link.address}: {reason}; trying again")
        if link.state == "up" and link.epoch != self._epoch_up:
            self._epoch_up = link.epoch
            self._link_falls.up()
            self._say(f"link up       {link.address} in {link.up_after_ms:.0f} ms")

    def _look_at_portal(self) -> None:
        portal = self._runtime.shared.portal.value
        if portal is not None and portal.id != self._portal:
            self._portal = portal.id
            self._say(f"portal        {portal.id}: {portal.name}")

    def _look_at_player(self) -> None:
        player = self._runtime.settings.player
        snapshot = self._runtime.shared.perceptions.snapshots.value.get(player)
        if self._greeted or snapshot is None or snapshot.position is None:
            return
        self._greeted = True
        self._say(f"snapshot      {player} stands in {describe_position(snapshot.position)}")
        self._say(f"endpoint      {self._runtime.endpoint}")
        self._say("look further  timmy-actors status | snapshot | watch | do teleport to=Balmora  (Ctrl-C stops)")

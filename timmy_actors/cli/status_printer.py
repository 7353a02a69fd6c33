"""Prints changes of a running daemon's state in the foreground, one line each."""

from __future__ import annotations

import time
from collections.abc import Callable

from timmy_actors.cli.formatting import describe_position
from timmy_actors.cli.output import escaped
from timmy_actors.daemon import Runtime
from timmy_actors.supervision import Entry

REPEATS_EVERY_S = 60.0
"""How often a continuing failure is reported again."""
MAX_REASONS = 8
"""Different reasons reported before an actor is up again; further ones are only counted."""


class RestartReports:
    """Which restarts of an actor to report: each reason once, then how many followed, until it is up. Pure.

    It reads the directory, not the shared state: an actor that is restarted at once is down too briefly to be seen.
    """

    def __init__(self) -> None:
        self._restarts = 0
        self._reasons: set[str | None] = set()
        self._repeats = 0
        self._reported_at = 0.0

    def since(self, entry: Entry | None, now: float) -> str | None:
        """The reason to report for the restarts since the last call, or None."""
        if entry is None:
            return None
        # A restarted supervisor counts its children's restarts from 0 again.
        more = entry.restarts - self._restarts if entry.restarts >= self._restarts else entry.restarts
        self._restarts = entry.restarts
        if more and entry.last_reason not in self._reasons and len(self._reasons) < MAX_REASONS:
            self._reasons.add(entry.last_reason)
            self._reported_at = now
            return entry.last_reason
        self._repeats += more
        if not self._repeats or now < self._reported_at + REPEATS_EVERY_S:
            return None
        repeats, self._repeats, self._reported_at = self._repeats, 0, now
        return f"still failing after {repeats} more attempts: {entry.last_reason}"

    def up(self) -> None:
        """Record that the actor is up: its next failure is reported, whatever the reason."""
        self._reasons.clear()
        self._repeats = 0


class StatusPrinter:
    """Reads the shared state and prints what has changed."""

    def __init__(self, runtime: Runtime, write: Callable[[str], None]) -> None:
        self._runtime = runtime
        self._write = write
        self._world_pid: int | None = None
        self._world_reports = RestartReports()
        self._epoch_up = 0
        self._link_reports = RestartReports()
        self._http_url: str | None = None
        self._http_reports = RestartReports()
        self._portal: str | None = None
        self._introduced = False

    def look(self) -> None:
        """Print what has changed since the last call."""
        self._look_at_world()
        self._look_at_link()
        self._look_at_http()
        self._look_at_portal()
        self._look_at_player()

    def _print(self, line: str) -> None:
        self._write(escaped(line))

    def _look_at_world(self) -> None:
        world = self._runtime.shared.world.value
        reason = self._world_reports.since(self._runtime.directory.entries.get("world"), time.monotonic())
        if reason is not None:
            self._print(f"world down    {reason}; restarting it")
        if world is not None and world.state == "up" and world.pid != self._world_pid:
            self._world_pid = world.pid
            self._world_reports.up()
            self._print(f"world up      embedded, process {world.pid}, bridge on 127.0.0.1:{world.port}")

    def _look_at_link(self) -> None:
        link = self._runtime.shared.link.value
        reason = self._link_reports.since(self._runtime.directory.entries.get("connection"), time.monotonic())
        if reason is not None:
            self._print(f"link down     {link.address}: {reason}; reconnecting")
        if link.state == "up" and link.epoch != self._epoch_up:
            self._epoch_up = link.epoch
            self._link_reports.up()
            self._print(f"link up       {link.address} in {link.up_after_ms:.0f} ms")

    def _look_at_http(self) -> None:
        http = self._runtime.shared.http.value
        reason = self._http_reports.since(self._runtime.directory.entries.get("http"), time.monotonic())
        if reason is not None:
            self._http_url = None
            self._print(f"http down     {reason}; trying again")
        if http is not None and http.state == "up" and http.url != self._http_url:
            self._http_url = http.url
            self._http_reports.up()
            self._print(f"http up       {http.url} (its token is in {http.token_file})")

    def _look_at_portal(self) -> None:
        portal = self._runtime.shared.portal.value
        if portal is not None and portal.id != self._portal:
            self._portal = portal.id
            self._print(f"portal        {portal.id}: {portal.name}")

    def _look_at_player(self) -> None:
        player = self._runtime.settings.player
        snapshot = self._runtime.shared.perceptions.snapshot(player)
        if self._introduced or snapshot is None or snapshot.position is None:
            return
        self._introduced = True
        self._print(f"snapshot      {player} stands in {describe_position(snapshot.position)}")
        self._print(f"endpoint      {self._runtime.endpoint}")
        self._print("look further  timmy-actors status | snapshot | watch | do teleport to=Balmora  (Ctrl-C stops)")

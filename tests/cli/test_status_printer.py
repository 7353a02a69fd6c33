from __future__ import annotations

from pathlib import Path

from timmy_actors.cli.status_printer import MAX_REASONS, REPEATS_EVERY_S, RestartReports, StatusPrinter
from timmy_actors.daemon import LinkSettings, Runtime, Settings, WorldSettings
from timmy_actors.protocol import LinkStatus, WorldStatus
from timmy_actors.supervision import Entry


class Stage:
    """A runtime that is not started, whose shared state and directory the test writes, and the printed lines."""

    def __init__(self) -> None:
        settings = Settings(world=WorldSettings(embedded=False), link=LinkSettings(mechanism="null"))
        self.runtime = Runtime(settings, folder=Path())
        self.lines: list[str] = []
        self.printer = StatusPrinter(self.runtime, self.lines.append)

    def link(self, state: str, epoch: int) -> None:
        status = {"state": state, "epoch": epoch, "address": "tcp://here:1", "up_after_ms": 2.0}
        self.runtime.shared.link.value = LinkStatus.model_validate(status)

    def fell(self, name: str, restarts: int, reason: str) -> None:
        self.runtime.directory.write(Entry(name, restarts=restarts, last_reason=reason))

    def printed(self) -> list[str]:
        self.printer.look()
        lines = [" ".join(line.split()) for line in self.lines]
        self.lines.clear()
        return lines


def test_a_link_that_was_never_seen_down_is_reported_and_the_same_reason_once() -> None:
    stage = Stage()
    stage.link("connecting", 2)
    stage.fell("connection", 1, "no such host")
    assert stage.printed() == ["link down tcp://here:1: no such host; reconnecting"]
    stage.fell("connection", 40, "no such host")
    assert stage.printed() == []
    stage.fell("connection", 41, "connection refused")
    assert stage.printed() == ["link down tcp://here:1: connection refused; reconnecting"]


def test_a_link_that_dropped_and_came_back_between_two_looks_is_reported_in_that_order() -> None:
    stage = Stage()
    stage.link("up", 1)
    assert stage.printed() == ["link up tcp://here:1 in 2 ms"]
    for epoch in (2, 3):
        stage.link("up", epoch)
        stage.fell("connection", epoch - 1, "closed")
        assert stage.printed() == ["link down tcp://here:1: closed; reconnecting", "link up tcp://here:1 in 2 ms"]


def test_a_name_that_would_steer_the_terminal_is_escaped() -> None:
    stage = Stage()
    stage.fell("connection", 1, "the server declined: \x9b2J\u202eTimmy\nlink up")
    assert stage.printed() == ["link down : the server declined: \ufffd2J\ufffdTimmy\ufffdlink up; reconnecting"]


def test_a_world_that_was_restarted_is_reported() -> None:
    stage = Stage()
    stage.runtime.shared.world.value = WorldStatus(state="up", pid=5, port=6)
    assert stage.printed() == ["world up embedded, process 5, bridge on 127.0.0.1:6"]
    stage.runtime.shared.world.value = WorldStatus(state="starting", pid=7)
    stage.fell("world", 1, "killed")
    assert stage.printed() == ["world down killed; restarting it"]


def test_what_repeats_is_counted_and_reported_once_a_minute() -> None:
    reports = RestartReports()
    assert reports.since(None, 0.0) is None
    assert reports.since(Entry("connection", restarts=1, last_reason="closed"), 0.0) == "closed"
    assert reports.since(Entry("connection", restarts=500, last_reason="closed"), REPEATS_EVERY_S - 1) is None
    again = Entry("connection", restarts=601, last_reason="closed")
    assert reports.since(again, REPEATS_EVERY_S) == "still failing after 600 more attempts: closed"
    assert reports.since(again, 2 * REPEATS_EVERY_S) is None
    reports.up()
    assert reports.since(Entry("connection", restarts=602, last_reason="closed"), 2 * REPEATS_EVERY_S) == "closed"


def test_reasons_that_are_always_new_are_counted_too() -> None:
    reports = RestartReports()
    reasons = [reports.since(Entry("world", restarts=n, last_reason=str(n)), 0.0) for n in range(1, 2 * MAX_REASONS)]
    assert [reason for reason in reasons if reason] == [str(n) for n in range(1, MAX_REASONS + 1)]


def test_a_supervisor_that_counts_from_zero_again_is_followed() -> None:
    reports = RestartReports()
    assert reports.since(Entry("connection", restarts=4, last_reason="closed"), 0.0) == "closed"
    assert reports.since(Entry("connection", restarts=0), 0.0) is None
    assert reports.since(Entry("connection", restarts=1, last_reason="refused"), 0.0) == "refused"

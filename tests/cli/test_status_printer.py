from __future__ import annotations

from pathlib import Path

from timmy_actors.cli.status_printer import MAX_REASONS, REPEATS_EVERY_S, Falls, Narrator
from timmy_actors.daemon import LinkSettings, Runtime, Settings, WorldSettings
from timmy_actors.protocol import LinkStatus, WorldStatus
from timmy_actors.supervision import Entry


class Stage:
    """A runtime that was not started, whose board and directory the test writes, and what is said of it."""

    def __init__(self) -> None:
        settings = Settings(world=WorldSettings(embedded=False), link=LinkSettings(mechanism="null"))
        self.runtime = Runtime(settings, folder=Path())
        self.lines: list[str] = []
        self.narrator = Narrator(self.runtime, self.lines.append)

    def link(self, state: str, epoch: int) -> None:
        status = {"state": state, "epoch": epoch, "address": "tcp://here:1", "up_after_ms": 2.0}
        self.runtime.shared.link.value = LinkStatus.model_validate(status)

    def fell(self, name: str, restarts: int, reason: str) -> None:
        self.runtime.directory.write(Entry(name, restarts=restarts, last_reason=reason))

    def said(self) -> list[str]:
        self.narrator.look()
        lines = [" ".join(line.split()) for line in self.lines]
        self.lines.clear()
        return lines


def test_a_link_that_was_never_seen_down_is_told_of_and_the_same_reason_once() -> None:
    stage = Stage()
    stage.link("connecting", 2)
    stage.fell("connection", 1, "no such host")
    assert stage.said() == ["link down tcp://here:1: no such host; trying again"]
    stage.fell("connection", 40, "no such host")
    assert stage.said() == []
    stage.fell("connection", 41, "nobody listens there")
    assert stage.said() == ["link down tcp://here:1: nobody listens there; trying again"]


def test_a_link_that_dropped_and_came_back_between_two_looks_is_told_in_that_order() -> None:
    stage = Stage()
    stage.link("up", 1)
    assert stage.said() == ["link up tcp://here:1 in 2 ms"]
    for epoch in (2, 3):
        stage.link("up", epoch)
        stage.fell("connection", epoch - 1, "closed")
        assert stage.said() == ["link down tcp://here:1: closed; trying again", "link up tcp://here:1 in 2 ms"]


def test_a_name_that_would_steer_the_terminal_is_harmless() -> None:
    stage = Stage()
    stage.fell("connection", 1, "the server declined: \x9b2J\u202eTimmy\nlink up")
    assert stage.said() == ["link down : the server declined: \ufffd2J\ufffdTimmy\ufffdlink up; trying again"]


def test_a_world_that_was_restarted_is_told_of() -> None:
    stage = Stage()
    stage.runtime.shared.world.value = WorldStatus(state="up", pid=5, port=6)
    assert stage.said() == ["world up embedded, process 5, bridge on 127.0.0.1:6"]
    stage.runtime.shared.world.value = WorldStatus(state="starting", pid=7)
    stage.fell("world", 1, "killed")
    assert stage.said() == ["world down killed; starting it again"]


def test_what_repeats_is_counted_and_told_once_a_minute() -> None:
    falls = Falls()
    assert falls.since(None, 0.0) is None
    assert falls.since(Entry("connection", restarts=1, last_reason="closed"), 0.0) == "closed"
    assert falls.since(Entry("connection", restarts=500, last_reason="closed"), REPEATS_EVERY_S - 1) is None
    again = Entry("connection", restarts=601, last_reason="closed")
    assert falls.since(again, REPEATS_EVERY_S) == "still so after 600 more tries: closed"
    assert falls.since(again, 2 * REPEATS_EVERY_S) is None
    falls.up()
    assert falls.since(Entry("connection", restarts=602, last_reason="closed"), 2 * REPEATS_EVERY_S) == "closed"


def test_reasons_that_are_always_new_are_counted_too() -> None:
    falls = Falls()
    told = [falls.since(Entry("world", restarts=n, last_reason=str(n)), 0.0) for n in range(1, 2 * MAX_REASONS)]
    assert [reason for reason in told if reason] == [str(n) for n in range(1, MAX_REASONS + 1)]


def test_a_supervisor_that_counts_anew_is_followed() -> None:
    falls = Falls()
    assert falls.since(Entry("connection", restarts=4, last_reason="closed"), 0.0) == "closed"
    assert falls.since(Entry("connection", restarts=0), 0.0) is None
    assert falls.since(Entry("connection", restarts=1, last_reason="refused"), 0.0) == "refused"

from __future__ import annotations

from typing import TYPE_CHECKING

from timmy_actors.daemon.service_reports import ServiceReports
from timmy_actors.protocol import Health

if TYPE_CHECKING:
    import pytest


class Manager:
    """Records messages; while `full`, it takes none."""

    def __init__(self, watchdog_s: float | None = 10.0) -> None:
        self.watchdog_s = watchdog_s
        self.full = False
        self.sent: list[dict[str, str | int]] = []

    def send(self, **fields: str | int) -> bool:
        if not self.full:
            self.sent.append(fields)
        return not self.full

    def count(self, name: str) -> int:
        return sum(name in fields for fields in self.sent)


class Actors:
    def __init__(self) -> None:
        self.busy: list[str] = []
        self.rounds = 0

    def ping(self) -> None:
        self.rounds += 1

    def silent(self) -> list[str]:
        return self.busy


class Stage:
    """Reports in virtual time."""

    def __init__(self, watchdog_s: float | None = 10.0) -> None:
        self.manager, self.actors, self.now = Manager(watchdog_s), Actors(), 0.0
        self.reasons: tuple[str, ...] = ()
        self.reports = ServiceReports(self.manager, self.actors, self.health, clock=lambda: self.now)

    def health(self) -> Health:
        return Health.model_construct(verdict="degraded" if self.reasons else "ok", reasons=self.reasons)

    def look(self, after_s: float) -> None:
        self.now += after_s
        self.reports.look()


def test_the_watchdog_is_answered_twice_a_period_once_every_actor_has_answered() -> None:
    stage = Stage()
    stage.reports.ready()
    assert stage.actors.rounds == 1
    stage.look(4.9)
    assert stage.manager.count("WATCHDOG") == 0
    stage.look(0.2)
    stage.look(4.9)
    stage.look(0.2)
    assert (stage.manager.count("WATCHDOG"), stage.actors.rounds) == (2, 3)


def test_reloads_do_not_put_the_watchdogs_answer_off() -> None:
    stage = Stage()
    stage.reports.ready()
    for _ in range(4):
        stage.look(2.0)
        stage.reports.reloading()
        stage.reports.ready()
    assert stage.manager.count("WATCHDOG") == 1


def test_a_silent_actor_withholds_the_answer_and_is_named_once(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage()
    stage.reports.ready()
    stage.actors.busy = ["journal"]
    for _ in range(30):
        stage.look(1.0)
    assert stage.manager.count("WATCHDOG") == 0
    assert caplog.messages == ["the service manager will restart this daemon: no answer from journal"]
    stage.actors.busy = []
    stage.look(0.0)
    assert stage.manager.count("WATCHDOG") == 1


def test_a_manager_that_does_not_watch_gets_no_answers() -> None:
    stage = Stage(watchdog_s=None)
    stage.reports.ready()
    stage.look(100.0)
    assert (stage.manager.count("WATCHDOG"), stage.actors.rounds) == (0, 0)


def test_the_status_is_sent_when_it_changes_and_at_most_once_a_second() -> None:
    stage = Stage()
    for reasons in ((), ("a", "b"), ("c",), ("c",)):
        stage.reasons = reasons
        stage.look(0.6)
    stage.look(0.6)
    assert stage.manager.sent == [{"STATUS": "ok"}, {"STATUS": "degraded: c"}]


def test_what_could_not_be_sent_is_sent_later_in_order() -> None:
    stage = Stage()
    stage.manager.full = True
    stage.reports.ready()
    stage.reports.reloading()
    stage.look(0.1)
    stage.manager.full = False
    stage.look(0.1)
    assert [next(iter(fields)) for fields in stage.manager.sent][:2] == ["READY", "RELOADING"]

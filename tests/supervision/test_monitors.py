from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.supervision.lifecycles import Doer, end
from timmy_actors.errors import HungError, NoSuchActorError
from timmy_actors.supervision import ChildSpec, Directory, Down, Intensity, StopChild, Strategy, Supervisor
from timmy_actors.supervision.log_relay import RELAY
from timmy_actors.supervision.testkit import VirtualClock, fail, hang

BUG = ValueError("bug")


class Stage:
    """Two children and a nested one in virtual time, and all `Down` messages of the monitors."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.directory = Directory(clock=self.clock)
        self.received: list[Down] = []
        inner = ChildSpec("inner", lambda: Supervisor([ChildSpec("leaf", Doer)], self.directory))
        children = [ChildSpec("a", Doer), ChildSpec("b", Doer), inner]
        self.root = Supervisor(
            children, self.directory, strategy=Strategy.REST_FOR_ONE, intensity=Intensity(failures=100)
        )
        self.root.launch()
        self.clock.settle()

    def monitor(self, name: str) -> None:
        self.directory.monitor(name, self.received.append)

    def crash(self, name: str) -> None:
        fail(self.directory, name, BUG)
        self.clock.advance(1.0)


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    end(stage.root)


def test_a_monitor_receives_exactly_one_down_with_generation_and_reason(stage: Stage) -> None:
    stage.monitor("b")
    assert stage.received == []
    stage.crash("b")
    assert stage.directory.entries["b"].generation == 2
    stage.crash("b")
    assert stage.received == [Down("b", 1, BUG)]


def test_each_monitor_is_for_the_incarnation_of_its_time(stage: Stage) -> None:
    for _ in range(3):
        stage.monitor("b")
        stage.crash("b")
    assert [down.generation for down in stage.received] == [1, 2, 3]


def test_two_monitors_of_a_name_both_receive_a_down(stage: Stage) -> None:
    stage.monitor("b")
    stage.monitor("b")
    stage.crash("b")
    assert stage.received == [Down("b", 1, BUG)] * 2


def test_one_that_was_stopped_for_a_neighbours_sake_is_down_without_a_failure(stage: Stage) -> None:
    stage.monitor("b")
    stage.crash("a")
    assert stage.received == [Down("b", 1, None)]


def test_a_late_monitor_receives_the_last_end_at_once(stage: Stage) -> None:
    end(stage.root)
    stage.monitor("b")
    assert stage.received == [Down("b", 1, None)]


def test_a_monitor_of_an_unknown_name_receives_a_down_at_once(stage: Stage) -> None:
    stage.monitor("stranger")
    [down] = stage.received
    assert (down.name, down.generation, type(down.reason)) == ("stranger", 0, NoSuchActorError)


def test_a_child_that_is_stopped_for_good_is_down_too_and_its_names_next_bearer_is_not(stage: Stage) -> None:
    stage.monitor("b")
    stage.root.actor_ref.tell(StopChild("b"))
    stage.clock.settle()
    assert stage.received == [Down("b", 1, None)]
    assert "b" not in stage.directory.entries


def test_a_hung_actor_is_down_when_it_is_abandoned_and_not_again_when_it_wakes(stage: Stage) -> None:
    stage.monitor("b")
    release = hang(stage.directory, "b")
    stage.clock.advance(100.0)
    release()
    stage.clock.settle()
    [down] = stage.received
    assert (down.generation, type(down.reason)) == (1, HungError)


def test_a_child_is_down_when_its_supervisor_fails_and_generations_continue_in_the_next(stage: Stage) -> None:
    stage.monitor("leaf")
    stage.crash("inner")
    assert [(down.name, down.generation) for down in stage.received] == [("leaf", 1)]
    assert stage.directory.entries["leaf"].generation == 2
    stage.monitor("leaf")
    stage.crash("leaf")
    assert stage.received[1:] == [Down("leaf", 2, BUG)]


def test_a_monitor_that_fails_hurts_neither_the_supervisor_nor_the_other_monitors(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_down: Down) -> None:
        raise BUG

    stage.directory.monitor("b", broken)
    stage.monitor("b")
    stage.crash("b")
    assert stage.received == [Down("b", 1, BUG)]
    assert RELAY.flush(10)
    assert "a monitor of b failed" in caplog.text
    assert stage.directory.entries["b"].generation == 2

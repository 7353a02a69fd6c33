"""Tests that public settings refuse invalid values at once, and accept plain values for enumeration members."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.supervision.lifecycles import Doer
from tests.supervision.test_supervisor import spec
from tests.waiting import PATIENCE_S
from timmy_actors.errors import SpecError
from timmy_actors.supervision import (
    AutoShutdown,
    Backoff,
    ChildSpec,
    Directory,
    Intensity,
    Mailbox,
    Overflow,
    RestartType,
    Root,
    Supervisor,
    testkit,
)
from timmy_actors.supervision.testkit import VirtualClock


class Loud:
    def __repr__(self) -> str:
        raise ValueError("repr")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"strategy": "all_for_one"},
            "supervisor: strategy: 'all_for_one': must be a Strategy or one of 'one_for_one', ",
        ),
        ({"strategy": None}, "supervisor: strategy: None: must be"),
        (
            {"auto_shutdown": "always"},
            "supervisor: auto_shutdown: 'always': must be a AutoShutdown or one of 'never', ",
        ),
        ({"intensity": "x"}, "supervisor: intensity: 'x': must be an Intensity"),
        ({"intensity": (1, 5)}, "supervisor: intensity: a tuple: must be an Intensity"),
        ({"max_children": -1}, "supervisor: max_children: -1: must be a number of children"),
        ({"max_children": 1.5}, "supervisor: max_children: 1.5: must be"),
        ({"random": 7}, "supervisor: random: 7: must be a random.Random"),
        ({"children": "a"}, "supervisor: children: 'a': must be a list of ChildSpecs"),
        ({"children": ChildSpec("a", Doer)}, "supervisor: children: a ChildSpec: must be a list of ChildSpecs"),
        ({"children": [Doer]}, "child: a ABCMeta: must be a ChildSpec"),
        ({"directory": None}, "supervisor: directory: None: must be a Directory"),
    ],
)
def test_an_invalid_supervisor_setting_is_refused_with_its_name_and_the_remedy(
    wrong: dict[str, Any], message: str
) -> None:
    with pytest.raises(SpecError) as error:
        Supervisor(**{"children": [], "directory": Directory(), **wrong})
    assert str(error.value).startswith(message)


def test_what_was_given_is_not_asked_for_its_words() -> None:
    with pytest.raises(SpecError) as error:
        Supervisor([], Directory(), strategy=Loud())  # type: ignore[arg-type]
    assert str(error.value).startswith("supervisor: strategy: a Loud: must be a Strategy or one of 'one_for_one', ")


@pytest.mark.parametrize("wrong", [-1, 1.5, "3", None, True, math.nan])
def test_a_number_of_failures_is_a_whole_one(wrong: Any) -> None:
    with pytest.raises(SpecError, match="intensity: failures"):
        Intensity(failures=wrong)


@pytest.mark.parametrize("wrong", [0, -1, "5", None, True, math.nan])
def test_a_period_is_some_seconds(wrong: Any) -> None:
    with pytest.raises(SpecError, match="intensity: period_s"):
        Intensity(period_s=wrong)
    if wrong != 0:
        with pytest.raises(SpecError, match="backoff: base_s"):
            Backoff(base_s=wrong)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "x", None])
def test_a_mailbox_has_room_for_some(wrong: Any) -> None:
    with pytest.raises(SpecError, match="mailbox: capacity"):
        Mailbox(wrong)


def test_what_a_mailbox_does_when_it_is_full_is_one_of_two_things() -> None:
    assert Mailbox(overflow="drop the oldest")._overflow is Overflow.DROP_OLDEST  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="mailbox: overflow: 'wait'"):
        Mailbox(overflow="wait")  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [math.nan, "1", None])
def test_a_timer_takes_some_seconds(wrong: Any) -> None:
    with pytest.raises(SpecError, match="timer 'beat': delay_s"):
        Mailbox().schedule("beat", wrong, "x")


@pytest.mark.parametrize("wrong", [-1, 1.5, "x"])
def test_an_orphan_limit_is_a_number(wrong: Any) -> None:
    with pytest.raises(SpecError, match="directory: orphan_limit"):
        Directory(orphan_limit=wrong)


def test_a_monitor_is_called() -> None:
    with pytest.raises(SpecError, match="monitor of 'a': watcher: None"):
        Directory().monitor("a", None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("strategy", "restarted"), [("one_for_one", "b"), ("one_for_all", "abc"), ("rest_for_one", "bc")]
)
def test_a_strategy_may_be_given_by_its_value(strategy: str, restarted: str) -> None:
    clock = VirtualClock()
    directory = Directory(clock=clock)
    with Root(Supervisor([spec(name) for name in "abc"], directory, strategy=strategy)):
        testkit.fail(directory, "b", ValueError("bug"))
        clock.settle()
        assert "".join(name for name, entry in directory.entries.items() if entry.generation == 2) == restarted


def test_an_automatic_shutdown_and_a_restart_type_may_be_given_by_their_values() -> None:
    clock = VirtualClock()
    directory = Directory(clock=clock)
    job = ChildSpec("job", Doer, restart="transient", significant=True)  # type: ignore[arg-type]
    assert job.restart is RestartType.TRANSIENT
    tree = Root(Supervisor([job], directory, auto_shutdown="any_significant")).start()
    directory.tell("job", lambda actor: actor.leave())
    assert tree.join(PATIENCE_S)
    assert AutoShutdown("any_significant") is AutoShutdown.ANY_SIGNIFICANT

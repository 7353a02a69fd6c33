"""Tests every rule of OTP's supervisors against an oracle that implements them a second time."""

from __future__ import annotations

import math
from itertools import product

import pytest

from tests.supervision.stage import (
    BUG,
    EXPECTED,
    LIFE_ENDS,
    NAMES,
    NEIGHBOURS,
    ONE_FOR_ALL,
    ONE_FOR_ONE,
    PERMANENT,
    REST_FOR_ONE,
    SHUTDOWN_S,
    START_S,
    TEMPORARY,
    TRANSIENT,
    Stage,
    fail_often,
    four,
    spec,
    strike,
    types_with,
)
from timmy_actors.errors import GaveUpError, StartFailedError
from timmy_actors.supervision import Intensity, RestartType, Strategy
from timmy_actors.supervision.effects import Abandon, Acknowledge, Ended, Launch, Restarting, Started

STRATEGIES, TYPES, POSITIONS = list(Strategy), list(RestartType), ["a", "b", "d"]
GROUPS = [ONE_FOR_ALL, REST_FOR_ONE]


class Oracle:
    """A second implementation of OTP's rules."""

    def __init__(self, strategy: Strategy, types: dict[str, RestartType], failing: str, how: str) -> None:
        at = NAMES.index(failing)
        self.restarts = {PERMANENT: True, TRANSIENT: how != "normal", TEMPORARY: False}[types[failing]]
        self.counts = self.restarts and how != "expected"
        group = {ONE_FOR_ONE: [failing], ONE_FOR_ALL: NAMES, REST_FOR_ONE: NAMES[at:]}[strategy]
        concerned = group if self.restarts else []
        self.stopped = [name for name in reversed(concerned) if name != failing]
        self.restarted = [name for name in concerned if types[name] is not TEMPORARY]


TABLE = pytest.mark.parametrize(
    ("strategy", "restart", "how", "failing"),
    list(product(STRATEGIES, TYPES, LIFE_ENDS, POSITIONS)),
    ids=lambda value: getattr(value, "value", value),
)


@TABLE
def test_a_childs_end_stops_and_restarts_whom_the_rules_say_in_their_order(
    strategy: Strategy, restart: RestartType, how: str, failing: str
) -> None:
    types = types_with(failing, restart)
    rules, stage = Oracle(strategy, types, failing, how), four(types, strategy).begin()
    strike(stage, failing, how)
    assert stage.stopped == rules.stopped
    assert stage.launched == rules.restarted
    assert [effect.delay_s for effect in stage.of(Restarting)] == ([0.0] if rules.restarts else [])
    assert len(stage.plan.window.seen) == rules.counts
    assert stage.ends == [(failing, False), *((name, True) for name in rules.stopped)]
    assert [effect.child for effect in stage.of(Abandon)] == ([failing] if how == "hung" else [])
    assert stage.of(Acknowledge) == []  # it was acknowledged once, when the last child came up
    assert stage.exits == []
    gone = {name for name in [failing, *rules.stopped] if name not in rules.restarted}
    assert {name: stage.state(name) for name in NAMES} == {name: "DOWN" if name in gone else "UP" for name in NAMES}


@TABLE
def test_a_failure_over_the_limit_stops_all_children_in_reverse_order(
    strategy: Strategy, restart: RestartType, how: str, failing: str
) -> None:
    types = types_with(failing, restart)
    rules, stage = Oracle(strategy, types, failing, how), four(types, strategy, failures=0).begin()
    strike(stage, failing, how)
    if not rules.counts:
        assert (stage.stopped, stage.launched, stage.exits) == (rules.stopped, rules.restarted, [])
        return
    assert stage.stopped == [name for name in reversed(NAMES) if name != failing]
    assert (stage.launched, stage.of(Restarting)) == ([], [])
    assert [type(reason) for reason in stage.exits] == [GaveUpError]
    assert {stage.state(name) for name in NAMES} == {"DOWN"}


@pytest.mark.parametrize(
    ("strategy", "restart", "how", "failing"),
    list(product(STRATEGIES, TYPES, ["raises", "never comes up"], POSITIONS)),
    ids=lambda value: getattr(value, "value", value),
)
def test_a_failed_first_start_stops_what_was_started_and_starts_nothing_more(
    strategy: Strategy, restart: RestartType, how: str, failing: str
) -> None:
    stage = four(types_with(failing, restart), strategy)
    stage.behave(failing, start=BUG if how == "raises" else "mute")
    stage.play(stage.plan.begin(0.0))
    if how == "never comes up":
        assert stage.plan.due() == START_S
        stage.tick()
        assert [effect.child for effect in stage.of(Abandon)] == [failing]
    before = NAMES[: NAMES.index(failing)]
    assert stage.launched == [*before, failing]
    assert stage.stopped == before[::-1]
    assert [type(reason) for reason in stage.exits] == [StartFailedError]
    assert f"{failing} did not start" in str(stage.exits[0])
    assert (stage.of(Acknowledge), stage.plan.window.seen) == ([], ())


@pytest.mark.parametrize("restart", TYPES)
@pytest.mark.parametrize("failing", POSITIONS)
def test_an_expected_failure_of_a_first_start_is_passed_over_one_for_one(failing: str, restart: RestartType) -> None:
    stage = four(types_with(failing, restart), ONE_FOR_ONE, failures=0)
    stage.behave(failing, start=EXPECTED)
    stage.play(stage.plan.begin(0.0))
    first = list(dict.fromkeys(stage.launched))
    assert first == NAMES
    assert len(stage.of(Acknowledge)) == 1
    assert stage.exits == []
    assert stage.state(failing) == ("DOWN" if restart is TEMPORARY else "WAITING")
    if restart is not TEMPORARY:
        stage.behave(failing)
        stage.tick()
        assert stage.state(failing) == "UP"


@pytest.mark.parametrize("strategy", GROUPS)
def test_an_expected_failure_of_a_first_start_keeps_a_group_waiting_until_it_is_over(strategy: Strategy) -> None:
    stage = Stage([spec("a"), spec("b"), spec("c")], strategy, Intensity(failures=0))
    stage.behave("b", start=EXPECTED)
    stage.play(stage.plan.begin(0.0))
    for _ in range(5):
        stage.tick()
    assert (stage.of(Acknowledge), stage.state("c")) == ([], "UNSTARTED")
    stage.behave("b")
    stage.tick()
    assert len(stage.of(Acknowledge)) == 1
    assert stage.launched[-1] == "c"
    assert ("a" in stage.stopped) is (strategy is ONE_FOR_ALL)


@pytest.mark.parametrize(
    ("strategy", "restart", "naughty"),
    list(product(STRATEGIES, TYPES, POSITIONS)),
    ids=lambda value: getattr(value, "value", value),
)
@pytest.mark.parametrize("how", ["raises", "never stops"])
def test_a_child_that_fails_to_stop_is_reported_and_the_others_are_stopped_all_the_same(
    strategy: Strategy, restart: RestartType, naughty: str, how: str
) -> None:
    stage = four(types_with(naughty, restart), strategy, failures=0).begin()
    stage.behave(naughty, stop="mute" if how == "never stops" else BUG)
    stage.close()
    if how == "never stops":
        assert stage.plan.due() == SHUTDOWN_S
        stage.tick()
    assert stage.stopped == NAMES[::-1]
    assert stage.exits == [None]
    [failed] = [effect for effect in stage.of(Ended) if effect.reason is not None]
    assert (failed.child, failed.asked) == (naughty, True)
    assert [effect.child for effect in stage.of(Abandon)] == ([naughty] if how == "never stops" else [])


@pytest.mark.parametrize("strategy", GROUPS)
def test_a_neighbour_that_does_not_stop_is_abandoned_and_comes_back_with_its_group_without_counting(
    strategy: Strategy,
) -> None:
    stage = four(NEIGHBOURS, strategy, failures=1).begin()
    stage.behave("c", stop="mute")
    stage.end("a", BUG)
    assert (stage.stopped, stage.launched) == (["d", "c"], [])
    stage.behave("c")
    stage.tick()
    assert stage.now == SHUTDOWN_S
    assert (stage.stopped, stage.launched) == (["d", "c", "b"], ["a", "c", "d"])
    assert (len(stage.plan.window.seen), stage.exits) == (1, [])


# The start and its acknowledgement.


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_each_child_starts_when_the_one_before_is_up_and_the_last_is_the_acknowledgement(strategy: Strategy) -> None:
    plan = four(NEIGHBOURS, strategy).plan
    assert plan.begin(0.0) == [Launch("a", 1)]
    assert plan.started("a", 1, 1.0) == [Started("a", 1), Launch("b", 1)]
    assert plan.started("b", 1, 2.0) == [Started("b", 1), Launch("c", 1)]
    assert plan.started("c", 1, 3.0) == [Started("c", 1), Launch("d", 1)]
    assert plan.started("d", 1, 4.0) == [Started("d", 1), Acknowledge()]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_without_children_it_is_started_at_once(strategy: Strategy) -> None:
    assert Stage([], strategy).plan.begin(0.0) == [Acknowledge()]


def test_a_child_that_fails_again_while_others_are_still_starting_for_the_first_time_is_no_failed_start() -> None:
    stage = four(dict.fromkeys(NAMES, PERMANENT), ONE_FOR_ONE)
    stage.behave("d", start="mute")
    stage.play(stage.plan.begin(0.0))
    stage.behave("a", start=BUG)
    stage.end("a", BUG)
    assert (stage.state("a"), stage.exits) == ("WAITING", [])


def test_a_start_times_out_exactly_at_start_s() -> None:
    stage = Stage([spec("a", start_s=1.0)])
    stage.behave("a", start="mute")
    stage.play(stage.plan.begin(0.0))
    assert stage.plan.tick(math.nextafter(1.0, 0.0)) == []
    assert isinstance(stage.plan.tick(1.0)[0], Abandon)


def test_an_unlimited_start_never_times_out() -> None:
    stage = Stage([spec("a", start_s=None)])
    stage.behave("a", start="mute")
    stage.play(stage.plan.begin(0.0))
    assert stage.plan.due() is None
    assert stage.plan.tick(1e12) == []


def test_an_unlimited_stop_never_times_out() -> None:
    stage = Stage([spec("a", shutdown_s=math.inf)]).begin()
    stage.behave("a", stop="mute")
    stage.close()
    assert stage.plan.due() is None


def test_a_stop_with_zero_shutdown_s_is_abandoned_at_the_next_tick() -> None:
    stage = Stage([spec("a", shutdown_s=0.0)]).begin()
    stage.behave("a", stop="mute")
    stage.close()
    stage.tick()
    assert (stage.now, stage.exits, len(stage.of(Abandon))) == (0.0, [None], 1)


# Late and repeated messages.


def test_messages_of_old_generations_and_unknown_children_are_ignored() -> None:
    stage = four(dict.fromkeys(NAMES, PERMANENT), ONE_FOR_ONE).begin()
    stage.end("a", BUG)
    plan = stage.plan
    for late in [
        plan.ended("a", 1, BUG, 0.0),
        plan.started("a", 1, 0.0),
        plan.hung("a", 1, 0.0),
        plan.started("a", 2, 0.0),
        plan.ended("a", 3, BUG, 0.0),
        plan.started("stranger", 1, 0.0),
        plan.ended("stranger", 1, BUG, 0.0),
        plan.hung("stranger", 1, 0.0),
    ]:
        assert late == []
    assert (stage.state("a"), len(plan.window.seen)) == ("UP", 1)


def test_an_end_that_is_reported_twice_counts_once() -> None:
    stage = Stage([spec("a")]).begin()
    fail_often(stage, "a", 2)
    stage.end("a", BUG)
    assert stage.state("a") == "WAITING"
    assert stage.plan.ended("a", stage.generation("a"), BUG, stage.now) == []
    assert len(stage.plan.window.seen) == 1


def test_the_late_end_of_an_abandoned_child_is_ignored() -> None:
    stage = Stage([spec("a", start_s=1.0)]).begin()
    stage.behave("a", start="mute")
    stage.end("a", BUG)
    stage.tick()
    assert stage.state("a") == "WAITING"
    assert stage.plan.started("a", 2, stage.now) == stage.plan.ended("a", 2, None, stage.now) == []


def test_only_a_child_that_is_up_can_hang() -> None:
    stage = Stage([spec("a")])
    stage.behave("a", start="mute")
    stage.play(stage.plan.begin(0.0))
    assert stage.plan.hung("a", 1, 0.0) == []

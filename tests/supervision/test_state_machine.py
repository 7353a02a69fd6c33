"""Tests every rule of OTP's supervisors against an oracle that implements them a second time."""

from __future__ import annotations

import math
from itertools import product

import pytest

from tests.supervision.stage import (
    BACKOFF,
    BUG,
    EXPECTED,
    ONE_FOR_ALL,
    ONE_FOR_ONE,
    PERMANENT,
    REST_FOR_ONE,
    SHUTDOWN_S,
    START_S,
    TEMPORARY,
    TRANSIENT,
    Stage,
    spec,
)
from timmy_actors.errors import GaveUpError, HungError, SpecError, StartFailedError, TooManyAbandonedError
from timmy_actors.supervision import AutoShutdown, Intensity, RestartType, Strategy
from timmy_actors.supervision.effects import Abandon, Acknowledge, Ended, Launch, Restarting, Started, Stop

NAMES = ["a", "b", "c", "d"]
NEIGHBOURS = {"a": PERMANENT, "b": TEMPORARY, "c": TRANSIENT, "d": PERMANENT}
STRATEGIES, TYPES, POSITIONS = list(Strategy), list(RestartType), ["a", "b", "d"]
GROUPS = [ONE_FOR_ALL, REST_FOR_ONE]
LIFE_ENDS = {"normal": None, "unexpected": BUG, "expected": EXPECTED, "hung": HungError("stuck")}


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


def types_with(failing: str, restart: RestartType) -> dict[str, RestartType]:
    return {**NEIGHBOURS, failing: restart}


def four(types: dict[str, RestartType], strategy: Strategy, failures: int = 100) -> Stage:
    children = [spec(name, types[name]) for name in NAMES]
    return Stage(children, strategy, Intensity(failures=failures, period_s=5.0))


def strike(stage: Stage, name: str, how: str) -> None:
    if how == "hung":
        stage.hang(name)
    else:
        stage.end(name, LIFE_ENDS[how])


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


# Intensity.


def test_the_window_is_exact_to_the_nanosecond() -> None:
    for gap, gives_up in [(5.0 - 1e-9, True), (5.0, False), (5.0 + 1e-9, False)]:
        stage = Stage([spec("a")], intensity=Intensity(failures=1, period_s=5.0)).begin()
        stage.end("a", BUG)
        stage.now = gap
        stage.end("a", BUG)
        assert bool(stage.exits) is gives_up, gap


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_one_crash_of_four_is_one_failure_whatever_the_strategy(strategy: Strategy) -> None:
    stage = four(NEIGHBOURS, strategy, failures=1).begin()
    stage.end("a", BUG)
    assert (len(stage.plan.window.seen), stage.exits) == (1, [])
    stage.end("a", BUG)
    assert len(stage.exits) == 1


def test_four_that_crash_at_once_are_four_failures() -> None:
    for allowed, gives_up in [(3, True), (4, False)]:
        stage = four(dict.fromkeys(NAMES, PERMANENT), ONE_FOR_ONE, allowed).begin()
        for name in NAMES:
            if not stage.plan.exited:
                stage.end(name, BUG)
        assert bool(stage.exits) is gives_up


def test_a_failed_restart_counts_as_well() -> None:
    stage = Stage([spec("a")], intensity=Intensity(failures=1)).begin()
    stage.behave("a", start=BUG)
    stage.end("a", BUG)
    assert [type(reason) for reason in stage.exits] == [GaveUpError]
    assert len(stage.of(Launch)) == 1


def test_an_expected_reason_never_counts_in_any_state() -> None:
    stage = Stage([spec("a")], intensity=Intensity(failures=0, period_s=1e9)).begin()
    stage.behave("a", start=EXPECTED)
    stage.end("a", EXPECTED)
    for _ in range(200):
        stage.tick()
    stage.behave("a")
    stage.tick()
    assert (stage.exits, stage.plan.window.seen, stage.state("a")) == ([], (), "UP")
    assert stage.generation("a") == 203


def test_the_reason_for_giving_up_names_the_child_its_reason_and_the_limit() -> None:
    stage = Stage([spec("a")], intensity=Intensity(failures=0, period_s=7.0)).begin()
    stage.end("a", BUG)
    assert str(stage.exits[0]) == ("1 failures within 7 s, more than the 0 allowed, the last of a: ValueError: bug")


# Backoff.


def test_the_first_restart_is_at_once_and_each_further_one_below_a_doubling_ceiling() -> None:
    stage = Stage([spec("a")]).begin()
    stage.behave("a", start=EXPECTED)
    stage.end("a", EXPECTED)
    for _ in range(40):
        stage.tick()
    delays = [effect.delay_s for effect in stage.of(Restarting)]
    assert delays[0] == 0.0
    assert all(0.0 <= delay <= min(8.0, 2.0**number) for number, delay in enumerate(delays[1:]))
    assert max(delays) > 4.0


def test_delays_come_from_the_passed_random() -> None:
    def delays(seed: int) -> list[float]:
        stage = Stage([spec("a")], seed=seed).begin()
        stage.behave("a", start=EXPECTED)
        stage.end("a", EXPECTED)
        for _ in range(10):
            stage.tick()
        return [effect.delay_s for effect in stage.of(Restarting)]

    assert delays(1) == delays(1) != delays(2)


def fail_often(stage: Stage, name: str, times: int) -> None:
    for _ in range(times):
        stage.end(name, EXPECTED)
        if stage.plan.due() is not None:
            stage.tick()


@pytest.mark.parametrize(("uptime_s", "at_once"), [(math.nextafter(10.0, 0.0), False), (10.0, True)])
def test_a_stable_uptime_makes_the_next_restart_the_first_again(uptime_s: float, at_once: bool) -> None:
    stage = Stage([spec("a")])
    stage.now = 0.0
    stage.begin()
    child = stage.plan.child("a")
    assert child is not None
    child.recent_restarts = 5
    stage.now = uptime_s
    stage.end("a", EXPECTED)
    assert (stage.of(Restarting)[-1].delay_s == 0.0) is at_once


def test_the_time_of_a_start_does_not_count_as_uptime() -> None:
    stage = Stage([spec("a", start_s=20.0)]).begin()
    stage.behave("a", start="mute")
    stage.end("a", EXPECTED)
    for _ in range(3):
        stage.tick()  # its start takes longer than a stable uptime, and fails
        if stage.state("a") == "WAITING":
            stage.tick()
    assert stage.plan.child("a").recent_restarts > 2  # type: ignore[union-attr]


def test_a_group_waits_for_the_backoff_of_whoever_failed() -> None:
    stage = four(NEIGHBOURS, ONE_FOR_ALL).begin()
    fail_often(stage, "c", 3)
    stage.log.clear()
    began = stage.now
    stage.end("c", EXPECTED)
    [waiting] = stage.of(Restarting)
    assert waiting.delay_s > 0
    assert (stage.launched, stage.stopped) == ([], ["d", "a"])
    assert stage.plan.due() == began + waiting.delay_s
    stage.tick()
    assert stage.launched == ["a", "c", "d"]


def test_a_crash_before_it_does_not_shorten_a_childs_backoff() -> None:
    stage = Stage([spec("a"), spec("b"), spec("c")], REST_FOR_ONE).begin()
    fail_often(stage, "b", 3)
    stage.log.clear()
    stage.end("b", EXPECTED)
    b_due = stage.now + stage.of(Restarting)[0].delay_s
    stage.end("a", BUG)
    assert stage.launched == ["a"]
    assert (stage.state("a"), stage.state("b"), stage.plan.due()) == ("UP", "WAITING", b_due)
    stage.tick()
    assert stage.launched == ["a", "b", "c"]


def test_a_consequence_of_a_failure_does_not_shorten_its_backoff() -> None:
    stage = Stage([spec("a"), spec("b"), spec("c")], ONE_FOR_ALL).begin()
    fail_often(stage, "a", 3)
    stage.log.clear()
    stage.behave("c", stop="mute")
    began = stage.now
    stage.end("a", EXPECTED)
    due = began + stage.of(Restarting)[0].delay_s
    stage.end("b", BUG)  # it depends on a, and fails before its turn to be stopped
    stage.end("c", None)
    assert (stage.launched, stage.plan.due()) == ([], due)


# Groups, interrupted.


@pytest.mark.parametrize("strategy", GROUPS)
@pytest.mark.parametrize("victim", ["b", "c"])
def test_whoever_fails_before_it_is_its_turn_to_be_stopped_is_no_second_failure(
    strategy: Strategy, victim: str
) -> None:
    stage = four(dict.fromkeys(NAMES, PERMANENT), strategy, failures=1).begin()
    stage.behave("d", stop="mute")
    stage.end("a", BUG)
    assert stage.stopped == ["d"]
    stage.end(victim, BUG)
    assert (stage.stopped, stage.launched, stage.exits) == (["d"], [], [])
    stage.end("d", BUG)
    other = "c" if victim == "b" else "b"
    assert stage.stopped == ["d", other]
    assert stage.launched == NAMES
    assert (len(stage.plan.window.seen), stage.exits) == (1, [])


@pytest.mark.parametrize("strategy", GROUPS)
def test_whoever_hangs_before_it_is_its_turn_to_be_stopped_is_abandoned_and_no_second_failure(
    strategy: Strategy,
) -> None:
    stage = four(dict.fromkeys(NAMES, PERMANENT), strategy, failures=1).begin()
    stage.behave("d", stop="mute")
    stage.end("a", BUG)
    stage.hang("b")
    stage.end("d", None)
    assert (stage.stopped, stage.launched) == (["d", "c"], NAMES)
    assert [effect.child for effect in stage.of(Abandon)] == ["b"]
    assert len(stage.plan.window.seen) == 1


def test_a_failure_further_ahead_widens_a_group_that_is_being_stopped() -> None:
    stage = four(dict.fromkeys(NAMES, PERMANENT), REST_FOR_ONE).begin()
    stage.behave("d", stop="mute")
    stage.end("c", BUG)
    stage.end("a", BUG)
    assert (stage.stopped, stage.launched) == (["d"], [])
    stage.end("d", None)
    assert (stage.stopped, stage.launched) == (["d", "b"], NAMES)
    assert len(stage.plan.window.seen) == 2


@pytest.mark.parametrize("strategy", GROUPS)
def test_a_failure_while_the_group_comes_up_again_takes_down_what_was_up_and_starts_over(strategy: Strategy) -> None:
    stage = four(dict.fromkeys(NAMES, PERMANENT), strategy).begin()
    stage.behave("c", start="mute")
    stage.end("a", BUG)
    assert stage.launched == ["a", "b", "c"]
    stage.log.clear()
    stage.behave("c")
    stage.end("a", BUG)
    assert stage.stopped == ["c", "b"]
    stage.play_out()
    assert stage.launched == NAMES


@pytest.mark.parametrize("strategy", GROUPS)
def test_a_child_that_fails_to_come_up_again_is_tried_again_with_its_group(strategy: Strategy) -> None:
    stage = four(dict.fromkeys(NAMES, PERMANENT), strategy).begin()
    stage.behave("c", start=BUG)
    stage.end("b", BUG)
    stage.behave("c")
    stage.log.clear()
    stage.play_out()
    assert {stage.state(name) for name in NAMES} == {"UP"}
    assert stage.launched[-2:] == ["c", "d"]


@pytest.mark.parametrize("strategy", GROUPS)
def test_a_finished_transient_child_runs_again_when_its_group_restarts(strategy: Strategy) -> None:
    stage = four({**NEIGHBOURS, "c": TRANSIENT}, strategy).begin()
    stage.end("c", None)
    assert stage.state("c") == "DOWN"
    stage.end("a", BUG)
    assert stage.launched == ["a", "c", "d"]  # supervisor.erl: terminate_children keeps it, start_children starts it


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_an_ended_temporary_child_never_restarts(strategy: Strategy) -> None:
    stage = four(NEIGHBOURS, strategy).begin()
    stage.end("b", BUG)
    stage.end("a", BUG)
    assert "b" not in stage.launched


def test_a_temporary_child_not_started_yet_is_still_started_after_its_group_restarted() -> None:
    stage = Stage([spec("a"), spec("b"), spec("c", TEMPORARY)], ONE_FOR_ALL)
    stage.behave("b", start="mute")
    stage.play(stage.plan.begin(0.0))
    stage.behave("b")
    stage.end("a", BUG)
    assert (stage.launched, stage.state("c")) == (["a", "b", "a", "b", "c"], "UP")


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


# The supervisor's end.


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_second_close_changes_nothing(strategy: Strategy) -> None:
    stage = four(NEIGHBOURS, strategy).begin()
    stage.behave("d", stop="mute")
    stage.close()
    assert stage.plan.close(0.0) == []
    assert stage.plan.close(0.0, BUG) == []
    stage.end("d", None)
    assert stage.plan.close(0.0) == []
    assert stage.exits == [None]


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("reason", [None, BUG, EXPECTED, TooManyAbandonedError("x")], ids=repr)
def test_whoever_ends_while_the_others_are_stopped_is_not_restarted_and_does_not_count(
    strategy: Strategy, reason: BaseException | None
) -> None:
    stage = four(dict.fromkeys(NAMES, PERMANENT), strategy, failures=0).begin()
    stage.behave("d", stop="mute")
    stage.close()
    stage.end("b", reason)
    assert (stage.of(Restarting), stage.plan.window.seen) == ([], ())
    stage.end("d", None)
    assert stage.stopped == ["d", "c", "a"]
    assert stage.exits == [reason if isinstance(reason, TooManyAbandonedError) else None]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_close_in_the_middle_of_the_start_stops_what_is_starting_too(strategy: Strategy) -> None:
    stage = four(NEIGHBOURS, strategy)
    stage.behave("c", start="mute")
    stage.play(stage.plan.begin(0.0))
    stage.close()
    assert (stage.stopped, stage.exits, stage.of(Acknowledge)) == (["c", "b", "a"], [None], [])
    assert stage.state("d") == "DOWN"


@pytest.mark.parametrize("strategy", GROUPS)
def test_a_close_in_the_middle_of_a_groups_stopping_stops_the_rest_too(strategy: Strategy) -> None:
    stage = four(dict.fromkeys(NAMES, PERMANENT), strategy).begin()
    stage.behave("d", stop="mute")
    stage.end("b", BUG)
    stage.close()
    stage.end("d", None)
    assert (stage.stopped, stage.launched, stage.exits) == (["d", "c", "a"], [], [None])


def test_a_close_while_a_child_waits_for_its_restart_leaves_it_down() -> None:
    stage = Stage([spec("a")]).begin()
    fail_often(stage, "a", 3)
    stage.end("a", EXPECTED)
    assert stage.state("a") == "WAITING"
    stage.close()
    assert (stage.exits, stage.state("a"), stage.plan.due()) == ([None], "DOWN", None)


def test_a_child_that_comes_up_while_it_waits_to_be_stopped_is_still_stopped() -> None:
    stage = Stage([spec("a"), spec("b")]).begin()
    stage.behave("b", stop="mute")
    stage.behave("a", start="mute")
    stage.end("a", BUG)
    stage.close()
    stage.play(stage.plan.started("a", 2, 0.0))
    stage.end("b", None)
    assert (stage.stopped, stage.exits) == (["b", "a"], [None])
    assert stage.of(Started) == []


def test_a_start_that_runs_out_of_time_while_the_others_are_stopped_is_abandoned_and_no_failure() -> None:
    stage = Stage([spec("a", start_s=1.0), spec("b")], intensity=Intensity(failures=0)).begin()
    stage.behave("b", stop="mute")
    stage.behave("a", start="mute")
    stage.end("a", EXPECTED)
    stage.close()
    stage.tick()
    assert (stage.now, [effect.child for effect in stage.of(Abandon)]) == (1.0, ["a"])
    stage.end("b", None)
    assert (stage.exits, len(stage.of(Restarting)), stage.state("a")) == ([None], 1, "DOWN")


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("restart", TYPES)
def test_too_many_abandoned_actors_in_a_child_supervisor_end_this_one(strategy: Strategy, restart: RestartType) -> None:
    stage = four(types_with("b", restart), strategy).begin()
    reason = TooManyAbandonedError("too many")
    stage.end("b", reason)
    assert (stage.stopped, stage.exits, stage.launched) == (["d", "c", "a"], [reason], [])


# Significant children.

NEVER, ANY, ALL = AutoShutdown.NEVER, AutoShutdown.ANY_SIGNIFICANT, AutoShutdown.ALL_SIGNIFICANT


def with_jobs(auto_shutdown: AutoShutdown, restart: RestartType = TRANSIENT) -> Stage:
    significant = auto_shutdown is not NEVER
    jobs = [spec(name, restart, significant=significant) for name in ("job", "other job")]
    return Stage([spec("base"), *jobs], auto_shutdown=auto_shutdown).begin()


@pytest.mark.parametrize(
    ("auto_shutdown", "after_one", "after_both"), [(NEVER, False, False), (ANY, True, True), (ALL, False, True)]
)
def test_finished_significant_children_end_the_supervisor(
    auto_shutdown: AutoShutdown, after_one: bool, after_both: bool
) -> None:
    stage = with_jobs(auto_shutdown)
    stage.end("job", None)
    assert bool(stage.exits) is after_one
    if not stage.exits:
        stage.end("other job", None)
    assert bool(stage.exits) is after_both
    assert stage.exits in ([], [None])
    assert ("base" in stage.stopped) is after_both


def test_a_failed_significant_transient_child_has_not_finished() -> None:
    stage = with_jobs(ANY)
    stage.end("job", BUG)
    assert (stage.exits, stage.state("job")) == ([], "UP")


@pytest.mark.parametrize("reason", [None, BUG, EXPECTED], ids=repr)
def test_a_significant_temporary_child_has_finished_however_it_ended(reason: BaseException | None) -> None:
    stage = with_jobs(ANY, TEMPORARY)
    stage.end("job", reason)
    assert stage.exits == [None]


def test_an_end_that_the_supervisor_caused_does_not_count_for_automatic_shutdown() -> None:
    stage = Stage([spec("a"), spec("job", TEMPORARY, significant=True)], ONE_FOR_ALL, auto_shutdown=ANY).begin()
    stage.end("a", BUG)
    assert (stage.stopped, stage.state("job"), stage.exits) == (["job"], "DOWN", [])
    stage = with_jobs(ANY)
    stage.play(stage.plan.remove("job", 0.0))
    assert stage.exits == []


# Added and removed.


def test_an_added_child_starts_after_those_that_are_starting() -> None:
    stage = Stage([spec("a")])
    stage.behave("a", start="mute")
    stage.play(stage.plan.begin(0.0))
    stage.play(stage.plan.add(spec("b"), 0.0))
    assert stage.launched == ["a"]
    stage.play(stage.plan.started("a", 1, 0.0))
    assert (stage.launched, stage.state("b")) == (["a", "b"], "UP")


@pytest.mark.parametrize("strategy", GROUPS)
def test_a_child_added_while_a_group_is_down_waits_for_its_turn(strategy: Strategy) -> None:
    stage = Stage([spec("a"), spec("b")], strategy).begin()
    stage.behave("b", stop="mute")
    stage.end("a", BUG)
    stage.play(stage.plan.add(spec("c"), 0.0))
    assert stage.launched == []
    stage.end("b", None)
    assert stage.launched == ["a", "b", "c"]


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("restart", TYPES)
def test_an_added_child_that_does_not_start_is_removed_and_affects_no_other(
    strategy: Strategy, restart: RestartType
) -> None:
    stage = Stage([spec("a")], strategy, Intensity(failures=0)).begin()
    stage.behave("b", start=BUG)
    stage.play(stage.plan.add(spec("b", restart), 0.0))
    assert (stage.state("b"), stage.state("a"), stage.exits, stage.stopped) == ("GONE", "UP", [], [])
    stage.behave("b")
    stage.play(stage.plan.add(spec("b", restart), 0.0))
    assert stage.state("b") == "UP"
    stage.end("b", EXPECTED)
    assert (stage.state("b"), stage.exits) == ("GONE" if restart is TEMPORARY else "UP", [])


def test_an_added_child_whose_first_start_fails_for_an_expected_reason_is_removed() -> None:
    stage = Stage([spec("a")], intensity=Intensity(failures=0)).begin()
    stage.behave("b", start=EXPECTED)
    stage.play(stage.plan.add(spec("b"), 0.0))
    assert (stage.state("b"), stage.exits) == ("GONE", [])
    stage.behave("b")
    stage.play(stage.plan.add(spec("b"), 0.0))
    stage.end("b", EXPECTED)  # once it was up, the reason is expected
    assert stage.state("b") == "UP"


def test_an_added_temporary_child_is_removed_at_its_end_and_its_name_is_free() -> None:
    stage = Stage([spec("declared", TEMPORARY)]).begin()
    for name in ["declared", "job"] * 3:
        if stage.state(name) != "UP":
            stage.play(stage.plan.add(spec(name, TEMPORARY), 0.0))
        stage.end(name, None)
    assert stage.plan.children == ()


def test_a_taken_name_is_refused_and_changes_nothing() -> None:
    stage = Stage([spec("a", TRANSIENT)]).begin()
    for _ in range(2):
        with pytest.raises(SpecError, match="child 'a': id: two children"):
            stage.plan.add(spec("a"), 0.0)
        stage.end("a", None)  # finished, but it may restart
    assert stage.exits == []


def test_a_stopping_supervisor_refuses_children() -> None:
    stage = Stage([spec("a")]).begin()
    stage.behave("a", stop="mute")
    stage.close()
    with pytest.raises(SpecError, match="is stopping"):
        stage.plan.add(spec("b"), 0.0)


def test_a_removed_child_is_stopped_and_its_end_is_no_failure() -> None:
    for reason in (None, BUG, EXPECTED):
        stage = Stage([spec("a"), spec("b")], ONE_FOR_ALL, Intensity(failures=0)).begin()
        stage.behave("a", stop=reason)
        stage.play(stage.plan.remove("a", 0.0))
        assert (stage.stopped, stage.state("a"), stage.state("b"), stage.exits) == (["a"], "GONE", "UP", [])


def test_removing_the_starting_child_continues_the_start() -> None:
    stage = Stage([spec("a"), spec("b")])
    stage.behave("a", start="mute")
    stage.play(stage.plan.begin(0.0))
    stage.play(stage.plan.remove("a", 0.0))
    assert (stage.stopped, stage.launched, len(stage.of(Acknowledge))) == (["a"], ["a", "b"], 1)


def test_removing_the_last_starting_child_completes_the_start() -> None:
    stage = Stage([spec("a")], ONE_FOR_ALL)
    stage.behave("a", start=EXPECTED)
    stage.play(stage.plan.begin(0.0))
    stage.play(stage.plan.remove("a", 0.0))
    assert len(stage.of(Acknowledge)) == 1


def test_removing_the_child_that_a_group_waits_for_continues_the_restart() -> None:
    stage = Stage([spec("a"), spec("b")], ONE_FOR_ALL).begin()
    fail_often(stage, "a", 3)
    stage.end("a", EXPECTED)
    stage.log.clear()
    stage.play(stage.plan.remove("a", stage.now))
    assert (stage.launched, stage.state("b")) == (["b"], "UP")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_removal_while_all_children_are_stopped_keeps_the_order(strategy: Strategy) -> None:
    stage = four(NEIGHBOURS, strategy).begin()
    stage.behave("d", stop="mute")
    stage.close()
    stage.play(stage.plan.remove("a", 0.0))
    stage.end("d", None)
    assert (stage.stopped, stage.exits) == (["d", "c", "b", "a"], [None])


def test_a_removed_child_that_does_not_stop_is_abandoned() -> None:
    stage = Stage([spec("a"), spec("b")]).begin()
    stage.behave("a", stop="mute")
    stage.play(stage.plan.remove("a", 0.0))
    assert stage.plan.remove("a", 0.0) == []
    stage.tick()
    assert (stage.now, stage.state("a"), len(stage.of(Abandon)), len(stage.of(Stop))) == (SHUTDOWN_S, "GONE", 1, 1)


def test_removing_an_unknown_child_is_refused() -> None:
    with pytest.raises(SpecError, match="'x': this supervisor has no such child"):
        Stage([]).plan.remove("x", 0.0)


def test_the_backoff_of_these_tests_has_the_expected_ceilings() -> None:
    assert [BACKOFF.ceiling(restarts) for restarts in range(6)] == [0.0, 1.0, 2.0, 4.0, 8.0, 8.0]

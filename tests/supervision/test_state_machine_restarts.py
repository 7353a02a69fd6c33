"""Tests the rules of OTP's supervisors: the limit of failures, backoff, and groups whose restart is interrupted."""

from __future__ import annotations

import math

import pytest

from tests.supervision.stage import (
    BACKOFF,
    BUG,
    EXPECTED,
    NAMES,
    NEIGHBOURS,
    ONE_FOR_ALL,
    ONE_FOR_ONE,
    PERMANENT,
    REST_FOR_ONE,
    TEMPORARY,
    TRANSIENT,
    Stage,
    fail_often,
    four,
    spec,
)
from timmy_actors.errors import GaveUpError
from timmy_actors.supervision import Intensity, RestartType, Strategy
from timmy_actors.supervision.effects import Abandon, Launch, Restarting

STRATEGIES, TYPES, POSITIONS = list(Strategy), list(RestartType), ["a", "b", "d"]
GROUPS = [ONE_FOR_ALL, REST_FOR_ONE]


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


def test_the_backoff_of_these_tests_has_the_expected_ceilings() -> None:
    assert [BACKOFF.ceiling(restarts) for restarts in range(6)] == [0.0, 1.0, 2.0, 4.0, 8.0, 8.0]

"""Tests the rules of OTP's supervisors: its end, significant children, and children that are added and removed."""

from __future__ import annotations

import pytest

from tests.supervision.stage import (
    BUG,
    EXPECTED,
    NAMES,
    NEIGHBOURS,
    ONE_FOR_ALL,
    PERMANENT,
    REST_FOR_ONE,
    SHUTDOWN_S,
    TEMPORARY,
    TRANSIENT,
    Stage,
    fail_often,
    four,
    spec,
    types_with,
)
from timmy_actors.errors import SpecError, TooManyAbandonedError
from timmy_actors.supervision import AutoShutdown, Intensity, RestartType, Strategy
from timmy_actors.supervision.effects import Abandon, Acknowledge, Restarting, Started, Stop

STRATEGIES, TYPES, POSITIONS = list(Strategy), list(RestartType), ["a", "b", "d"]
GROUPS = [ONE_FOR_ALL, REST_FOR_ONE]


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


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_child_that_is_being_removed_delays_no_start(strategy: Strategy) -> None:
    stage = Stage([spec("a"), spec("b")], strategy).begin()
    stage.behave("a", stop="mute")
    stage.play(stage.plan.remove("a", 0.0))
    stage.play(stage.plan.add(spec("c"), 0.0))
    assert (stage.state("a"), stage.launched) == ("STOPPING", ["c"])


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


def test_two_stops_that_time_out_together_are_both_abandoned() -> None:
    stage = four(dict.fromkeys(NAMES, PERMANENT), Strategy.ONE_FOR_ONE).begin()
    for name in ("a", "b"):
        stage.behave(name, stop="mute")
        stage.play(stage.plan.remove(name, stage.now))
    stage.tick()
    assert [effect.child for effect in stage.of(Abandon)] == ["a", "b"]


def test_a_group_restarts_as_a_whole_also_after_a_child_was_removed() -> None:
    stage = four(dict.fromkeys(NAMES, PERMANENT), ONE_FOR_ALL).begin()
    stage.play(stage.plan.remove("b", stage.now))
    stage.log.clear()
    stage.end("a", BUG)
    assert (stage.stopped, stage.launched) == (["d", "c"], ["a", "c", "d"])

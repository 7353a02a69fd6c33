"""The guard against actions that lead nowhere, in virtual time."""

from __future__ import annotations

from tests.heartbeat.virtual import FAST, SLOW, Virtual, proposal, snapshot, walk
from timmy_actors.heartbeat import ToolCall, View
from timmy_actors.heartbeat.effects import (
    Perceive,
    Think,
    UsePolicy,
)


def test_a_repeated_action_is_reported_then_the_policy_changes_then_the_beat_pauses() -> None:
    run = Virtual(SLOW, FAST, repeats=2)
    run.beat(walk())
    run.beat(walk())
    run.tick()
    run.see()
    assert run.core.status().guard == "reported"
    assert any("you repeat yourself" in line for line in run.take(Think).question.feedback)
    run.add(run.core.on_proposed(run.core._thought.ticket, proposal(walk()), run.now))  # type: ignore[union-attr]
    run.done()
    run.record()
    run.beat(walk())
    run.tick()
    run.see()
    assert run.take(UsePolicy).index == 1
    assert run.core.status().policy == "script"
    run.propose(walk())
    run.done()
    run.record()
    run.beat(walk())
    run.tick()
    run.see()
    status = run.core.status()
    assert (status.phase, status.guard) == ("paused", "paused")
    assert status.reason is not None
    assert 'walk {"seconds": 1.0} changed nothing 6 times in a row' in status.reason
    assert run.core.next_due() is None
    run.core.resume(run.now)
    assert run.core.status().guard == "ok"


def test_an_action_with_an_effect_is_no_loop_however_often_it_is_repeated() -> None:
    run = Virtual(repeats=2)
    for number in range(10):
        run.beat(walk(), view=View(snapshot(number * 200.0)))
    assert run.core.status().guard == "ok"


def test_a_body_that_wanders_by_itself_does_not_hide_that_an_action_changes_nothing() -> None:
    run = Virtual(repeats=2)
    for number in range(3):
        run.beat(ToolCall("chat", {"text": "Hello?"}), view=View(snapshot(number * 200.0)))
    assert run.core.status().guard_reason == 'chat {"text": "Hello?"} changed nothing 2 times in a row'


def test_a_policy_may_wait_for_as_long_as_it_likes() -> None:
    run = Virtual(repeats=2)
    for _ in range(10):
        assert run.beat(ToolCall("wait")).outcome == "waited"
    assert run.core.status().guard == "ok"


def test_waiting_in_between_does_not_hide_a_loop() -> None:
    run = Virtual(repeats=2)
    for _ in range(3):
        run.beat(ToolCall("fly"))
        run.beat(ToolCall("wait"))
    assert run.core.status().guard == "reported"


def test_a_long_call_that_is_repeated_is_named_in_short() -> None:
    run = Virtual(repeats=2)
    for number in range(3):
        run.beat(ToolCall("fly", {"text": "x" * 10_000, "z": number}))
    assert run.core.status().guard == "ok"
    for _ in range(3):
        run.beat(ToolCall("fly", {"text": "x" * 10_000}))
    assert run.core.status().guard == "reported"
    assert len(run.core.status().guard_reason or "") < 700


def test_two_actions_that_alternate_and_lead_nowhere_are_a_loop() -> None:
    run = Virtual(repeats=3)
    for number in range(6):
        run.beat(walk(1 + number % 2), view=View(snapshot(200.0 * (number % 2))))
    assert run.core.status().guard == "reported"
    assert "alternate" in (run.core.status().guard_reason or "")


def fail(run: Virtual, times: int) -> list[UsePolicy]:
    """Let the policy fail so often; the changes of the policy in that time."""
    changes: list[UsePolicy] = []
    while times:
        changes += [each for each in run.tick() if isinstance(each, UsePolicy)]
        if run.has(Perceive):
            changes += [each for each in run.see() if isinstance(each, UsePolicy)]
        if run.has(Think):
            run.propose(problem="HTTP 500")
            times -= 1
    return changes


def test_a_policy_that_always_fails_is_asked_ever_more_rarely_and_never_pauses_the_beat() -> None:
    run = Virtual(repeats=2)
    fail(run, 20)
    began = run.now
    fail(run, 2)
    status = run.core.status()
    assert (status.phase, status.guard) == ("autonomous", "reported")
    assert run.now - began >= 120


def test_a_policy_that_always_fails_leaves_the_beat_to_the_fallback() -> None:
    run = Virtual(SLOW, FAST, repeats=2)
    changes = fail(run, 20)
    assert [change.index for change in changes] == [1]
    assert (run.core.status().phase, run.core.status().policy) == ("autonomous", "script")

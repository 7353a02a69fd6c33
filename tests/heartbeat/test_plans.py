"""Plans: steps that go on without the policy, in virtual time."""

from __future__ import annotations

from tests.heartbeat.virtual import SLOW, Virtual, proposal, snapshot
from timmy_actors.heartbeat import ToolCall, View
from timmy_actors.heartbeat.effects import (
    Act,
    Think,
)


def test_a_plan_goes_on_while_a_slow_policy_thinks() -> None:
    run = Virtual(SLOW)
    steps = [{"tool": "walk", "arguments": {"seconds": 1}}, {"tool": "turn", "arguments": {"by": 90}}]
    assert run.beat(ToolCall("plan", {"steps": steps})).outcome == "waited"
    run.tick()
    run.see()
    question = run.take(Think)
    run.done()
    first = run.record()
    assert first.decision is not None
    assert (first.decision.by, first.decision.calls[0].name) == ("plan", "walk")
    run.tick()
    run.see()
    run.done()
    assert run.record().decision.calls[0].name == "turn"  # type: ignore[union-attr]
    run.add(run.core.on_proposed(question.ticket, proposal(ToolCall("chat", {"text": "hi"})), run.now))
    run.tick()
    run.see()
    run.done()
    assert run.record().decision.calls[0].name == "chat"  # type: ignore[union-attr]


def test_a_new_decision_replaces_the_plan() -> None:
    run = Virtual(SLOW)
    run.beat(ToolCall("plan", {"steps": [{"tool": "walk"}, {"tool": "walk"}, {"tool": "walk"}]}))
    run.tick()
    run.see()
    run.propose(ToolCall("wait"))
    run.done()
    run.record()
    run.tick()
    run.see()
    assert not run.has(Act)
    assert run.record().decision.calls[0].name == "wait"  # type: ignore[union-attr]
    run.tick()
    run.see()
    run.take(Think)


def test_a_step_waits_until_its_condition_holds() -> None:
    run = Virtual()
    until = {"kind": "near_point", "x": 1000.0, "y": 0.0, "within": 50.0}
    run.beat(ToolCall("plan", {"steps": [{"tool": "walk", "until": until}, {"tool": "turn", "arguments": {"by": 9}}]}))
    run.tick()
    run.see(View(snapshot(0)))
    run.done()
    run.tick()
    run.see(View(snapshot(500)))
    assert not run.has(Act)
    run.tick()
    run.see(View(snapshot(990)))
    assert run.take(Act).task.name == "turn"  # type: ignore[union-attr]


def test_a_plan_is_aborted_by_its_condition_and_the_policy_is_asked_at_once() -> None:
    run = Virtual()
    abort_if = {"kind": "near_point", "x": 0.0, "y": 0.0}
    run.beat(ToolCall("plan", {"steps": [{"tool": "walk", "abort_if": abort_if}, {"tool": "walk"}]}))
    run.tick()
    run.see()
    (line,) = run.take(Think).question.feedback
    assert line.startswith("aborted: the plan was aborted with 2 steps left: walk: its abort_if holds")


def test_a_plan_is_aborted_when_a_step_takes_too_long() -> None:
    run = Virtual()
    until = {"kind": "near_point", "x": 1000.0, "y": 0.0}
    run.beat(ToolCall("plan", {"steps": [{"tool": "walk", "until": until, "within_s": 2}]}))
    for _ in range(2):
        run.tick()
        run.see()
        if run.has(Act):
            run.done()
    run.now += 3
    run.tick()
    run.see()
    assert "does not hold after 2 s" in run.take(Think).question.feedback[0]

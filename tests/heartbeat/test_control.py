"""Pauses, single steps and a person who takes over, in virtual time."""

from __future__ import annotations

import pytest

from tests.heartbeat.virtual import PERSON, SLOW, Virtual, proposal, walk
from timmy_actors.errors import RefusedError
from timmy_actors.heartbeat import ToolCall
from timmy_actors.heartbeat.effects import (
    Act,
    StopThinking,
    Think,
    Write,
)


def test_a_paused_heartbeat_takes_single_steps() -> None:
    run = Virtual()
    run.add(run.core.pause("on request"))
    assert run.core.next_due() is None
    run.core.step(run.now)
    run.beat(walk())
    assert run.core.next_due() is None
    run.core.resume(run.now)
    assert run.core.next_due() == run.now


def test_a_step_that_is_asked_for_during_an_action_is_taken_after_it() -> None:
    run = Virtual()
    run.tick()
    run.see()
    run.propose(walk())
    run.add(run.core.pause("on request"))
    run.core.step(run.now)
    run.done()
    run.record()
    assert run.beat(walk()).phase == "paused"
    assert run.core.next_due() is None


def test_a_pause_drops_the_decision_but_not_the_action_under_way() -> None:
    run = Virtual()
    run.tick()
    run.see()
    ticket = run.take(Think).ticket
    run.add(run.core.pause("on request"))
    run.take(StopThinking)
    assert run.core.on_proposed(ticket, proposal(walk()), run.now) == []
    run.core.resume(run.now)
    run.tick()
    run.see()
    run.propose(walk())
    act = run.take(Act)
    run.core.pause("on request")
    run.effects.append(act)
    run.done()
    assert run.record().outcome == "acted"


def test_a_person_takes_over_and_both_choices_are_recorded() -> None:
    run = Virtual(SLOW)
    run.core.take_over(run.now)
    run.core.act(ToolCall("turn", {"by": 90}))
    run.tick()
    run.see()
    question = run.take(Think)
    run.done()
    assert not run.has(Write)
    run.add(run.core.on_proposed(question.ticket, proposal(walk(), text="on"), run.now))
    record = run.record()
    assert record.phase == "correcting"
    assert record.override is not None
    assert record.decision == record.override.human
    assert (record.decision.by, record.decision.calls[0].name) == ("human", "turn")
    policy = record.override.policy
    assert (policy.by, policy.text, policy.calls[0].name, policy.calls[0].command_id) == ("model", "on", "walk", None)


def test_a_person_who_returns_the_wheel_while_the_policy_thinks_loses_no_record() -> None:
    run = Virtual(SLOW)
    run.core.take_over(run.now)
    run.core.act(ToolCall("turn", {"by": 90}))
    run.tick()
    run.see()
    act = run.take(Act)
    run.effects.append(act)
    run.done()
    run.add(run.core.resume(run.now))
    record = run.record()
    assert (record.decision.by, record.override) == ("human", None)  # type: ignore[union-attr]


def test_while_a_person_has_taken_over_no_beat_is_taken_without_a_choice() -> None:
    run = Virtual()
    run.core.take_over(run.now)
    run.tick()
    run.tick()
    assert run.core.status().skipped == {"person": 2}


def test_a_persons_choice_is_validated_when_it_is_made() -> None:
    run = Virtual(PERSON)
    with pytest.raises(RefusedError, match="no tool 'fly'"):
        run.core.act(ToolCall("fly"))
    for _ in range(16):
        run.core.act(walk())
    with pytest.raises(RefusedError, match="16 choices wait already"):
        run.core.act(walk())


def test_a_person_can_be_the_policy() -> None:
    run = Virtual(PERSON)
    run.core.act(walk())
    run.tick()
    run.see()
    assert not run.has(Think)
    run.done()
    assert (run.record().phase, run.core.status().beats) == ("autonomous", 1)


def test_only_who_is_asked_can_choose() -> None:
    run = Virtual()
    with pytest.raises(RefusedError, match="take over first"):
        run.core.act(walk())
    run.core.pause("on request")
    with pytest.raises(RefusedError, match="paused"):
        run.core.act(walk())


@pytest.mark.parametrize("operation", ["stop", "pause", "resume", "step", "take_over"])
def test_without_an_episode_nothing_can_be_controlled(operation: str) -> None:
    run = Virtual()
    run.core.stop("on request")
    arguments = {"stop": ("x",), "pause": ("x",)}.get(operation, (run.now,))
    with pytest.raises(RefusedError, match="no episode"):
        getattr(run.core, operation)(*arguments)

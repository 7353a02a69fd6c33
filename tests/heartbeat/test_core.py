"""The beat in virtual time."""

from __future__ import annotations

import pytest

from tests.heartbeat.virtual import PERSON, SLOW, Virtual, proposal, snapshot, walk
from timmy_actors.heartbeat import Proposal, ToolCall, View
from timmy_actors.heartbeat.effects import (
    Act,
    Done,
    Freeze,
    Intend,
    Perceive,
    StopThinking,
    Thaw,
    Think,
)
from timmy_actors.recording import Usage


def test_a_beat_perceives_decides_acts_and_records_in_this_order() -> None:
    run = Virtual()
    run.tick()
    run.see()
    run.propose(walk(), text="north")
    act = run.take(Act)
    assert (act.command_id, act.task.name) == ("e-1-0", "walk")  # type: ignore[union-attr]
    run.effects.append(act)
    run.done()
    record = run.record()
    assert (record.beat, record.outcome, record.phase) == (1, "acted", "autonomous")
    assert record.decision is not None
    assert (record.decision.text, record.decision.by) == ("north", "script")
    assert record.decision.calls[0].command_id == "e-1-0"
    assert record.results[0].ok
    latencies = record.latencies
    assert (latencies.perceive_s, latencies.decide_s, latencies.act_s) == pytest.approx((0.01, 0.1, 0.05))


def test_what_a_beat_is_about_to_do_is_stored_before_it_acts() -> None:
    run = Virtual()
    run.tick()
    run.see()
    kinds = [type(effect) for effect in run.propose(walk())]
    assert kinds == [Intend, Act]


def test_beats_never_overlap_and_stay_on_the_schedule() -> None:
    run = Virtual(rate_hz=10.0)
    run.tick()
    run.see()
    for _ in range(3):
        run.now += 0.1
        assert run.core.on_tick(run.now, run.core._beat.time) == []  # type: ignore[union-attr]
    assert run.core.status().skipped == {"deciding": 3}
    run.propose(walk(), after_s=0.01)
    run.done(after_s=0.0)
    due = run.core.next_due()
    assert due is not None
    assert due == pytest.approx(round(due, 1))


def test_the_delay_of_a_late_beat_is_its_jitter_and_the_beats_before_it_are_late() -> None:
    run = Virtual(rate_hz=10.0)
    run.tick(after_s=0.255)
    status = run.core.status()
    assert status.skipped == {"late": 2}
    assert status.jitter_ms.max == pytest.approx(55.0)


def test_a_stale_view_skips_the_beat() -> None:
    run = Virtual()
    run.tick()
    run.see(View(snapshot(), stale="the link is down"))
    assert not run.has(Think)
    assert run.core.status().skipped == {"stale": 1}
    assert run.beat(walk()).beat == 1


def test_a_view_that_does_not_show_the_last_action_is_stale() -> None:
    run = Virtual()
    run.tick()
    run.see()
    run.propose(walk())
    run.done(revision=7)
    run.tick()
    run.see(View(snapshot(revision=6)))
    assert not run.has(Think)
    run.tick()
    run.see(View(snapshot(revision=7)))
    assert run.has(Think)


def test_a_view_that_does_not_come_in_time_skips_the_beat_and_comes_too_late() -> None:
    run = Virtual()
    run.tick()
    ticket = run.take(Perceive).ticket
    run.add(run.core.on_expired(ticket, run.now + 5))
    assert run.core.on_perceived(ticket, View(snapshot()), run.now + 6) == []
    assert run.core.status().skipped == {"stale": 1}
    assert run.core.status().late_answers == 1


def test_a_decision_that_does_not_come_in_time_is_recorded_and_fenced() -> None:
    run = Virtual(SLOW, decide_timeout_s=3.0)
    run.tick()
    run.see()
    ticket = run.take(Think).ticket
    run.now += 3
    run.add(run.core.on_expired(ticket, run.now))
    run.take(StopThinking)
    record = run.record()
    assert (record.outcome, record.reason) == ("failed", "no decision within 3 s")
    assert run.core.on_proposed(ticket, proposal(walk()), run.now) == []
    assert run.core.status().late_answers == 1


def test_a_decision_that_comes_too_late_is_charged() -> None:
    run = Virtual()
    run.tick()
    run.see()
    ticket = run.take(Think).ticket
    run.core.pause("a person")
    run.core.on_proposed(ticket, Proposal(usage=Usage(prompt_tokens=70, completion_tokens=7)), run.now)
    status = run.core.status()
    assert (status.late_answers, status.tokens) == (1, 77)


def test_the_policy_rests_after_a_failure_and_longer_after_each_further_one() -> None:
    run = Virtual(rate_hz=2.0)
    waits = []
    for _ in range(3):
        while not run.has(Perceive):
            run.tick()
        began = run.now
        run.see(after_s=0.0)
        run.propose(problem="HTTP 500", after_s=0.0)
        while not run.has(Perceive):
            run.tick()
        waits.append(run.now - began)
    assert waits == pytest.approx([0.5, 1.0, 2.0])


def test_the_endpoint_says_how_long_to_leave_it_alone() -> None:
    run = Virtual()
    run.tick()
    run.see(after_s=0.0)
    run.propose(problem="HTTP 429", retry_after_s=30.0, after_s=0.0)
    began = run.now
    while not run.has(Perceive):
        run.tick()
    assert run.now - began == pytest.approx(30.0)


def test_a_refusal_goes_back_to_the_policy_with_reason_and_guidance() -> None:
    run = Virtual()
    record = run.beat(ToolCall("walk", {"seconds": 1e9}))
    assert record.outcome == "refused"
    assert record.results[0].error is not None
    assert record.results[0].error.code == "bad_arguments"
    run.tick()
    run.see()
    (line,) = run.take(Think).question.feedback
    assert line.startswith("bad_arguments: walk: seconds: must be at most 60")
    assert "by the tool's schema" in line


def test_what_the_policy_was_to_be_told_is_told_again_when_it_failed() -> None:
    run = Virtual()
    run.beat(ToolCall("fly"))
    run.tick()
    run.see()
    run.propose(problem="HTTP 500")
    run.tick()
    run.tick()
    run.see()
    first, second = run.take(Think).question.feedback
    assert first.startswith("unknown_command: no tool 'fly'")
    assert second.startswith("policy_failed: HTTP 500")


@pytest.mark.parametrize("text", ["I walk north.", ""])
def test_an_answer_without_a_tool_call_is_refused(text: str) -> None:
    run = Virtual()
    run.tick()
    run.see()
    run.propose(text=text)
    record = run.record()
    assert (record.outcome, record.reason) == ("refused", "the answer called no tool")


def test_of_a_thousand_calls_the_first_are_carried_out_and_the_rest_is_counted() -> None:
    run = Virtual()
    record = run.beat(*[walk() for _ in range(1_000)])
    assert len(record.results) == 16
    assert record.reason == "984 calls beyond the limit of 16 were dropped"


def test_after_a_failed_call_the_others_are_not_started() -> None:
    run = Virtual()
    run.tick()
    run.see()
    run.propose(walk(), walk(2), walk(3))
    run.done()
    run.done("game_refused")
    record = run.record()
    assert [None if each.error is None else each.error.code for each in record.results] == [
        None,
        "game_refused",
        "not_started",
    ]
    assert record.outcome == "failed"


def test_the_calls_of_a_beat_share_its_time_to_act() -> None:
    run = Virtual(act_timeout_s=1.0)
    run.tick()
    run.see()
    run.propose(walk(), walk(2))
    run.done(after_s=1.5)
    assert not run.has(Act)
    error = run.record().results[1].error
    assert error is not None
    assert error.code == "expired"


def test_a_slow_policy_decides_in_a_frozen_world() -> None:
    run = Virtual(SLOW, freezes=True)
    assert [type(effect) for effect in run.tick()] == [Freeze, Perceive]
    run.see()
    kinds = [type(effect) for effect in run.propose(walk())]
    assert kinds == [Thaw, Intend, Act]


def test_a_frozen_world_is_thawed_whatever_ends_the_beat() -> None:
    for end in ("stale", "pause", "blocked", "stop"):
        run = Virtual(SLOW, freezes=True)
        run.tick()
        if end == "stale":
            run.see(View(stale="no snapshot"))
        elif end == "pause":
            run.add(run.core.pause("on request"))
        elif end == "blocked":
            run.add(run.core.on_blocked("the link is down", run.now))
        else:
            run.add(run.core.stop("on request"))
        run.take(Thaw)


def test_what_waits_for_the_next_question_is_bounded() -> None:
    run = Virtual(PERSON)
    for number in range(100):
        run.core.act(walk())
        run.tick()
        run.see()
        run.add(
            run.core.on_acted(run.take(Act).ticket, Done(code="game_refused", message=f"{number} " * 1000), run.now)
        )
        run.record()
    feedback = run.core._experience.take_feedback()
    assert (len(feedback), max(map(len, feedback))) == (16, 600)
    assert feedback[-1].startswith("game_refused: 99")


def test_what_a_person_writes_as_text_is_recorded_in_the_types_of_the_schema() -> None:
    run = Virtual(PERSON)
    run.core.act(ToolCall("walk", {"seconds": "2"}))
    run.core.act(ToolCall("chat", {"text": "2"}))
    arguments = []
    for _ in range(2):
        run.tick()
        run.see()
        run.done()
        decision = run.record().decision
        assert decision is not None
        arguments.append(decision.calls[0].arguments)
    assert arguments == [{"seconds": 2.0}, {"text": "2"}]


def test_a_link_that_is_down_stops_the_beats_until_it_is_back() -> None:
    run = Virtual()
    run.tick()
    run.add(run.core.on_blocked("the link is down", run.now))
    assert run.core.next_due() is None
    assert (run.core.status().blocked, run.core.status().reason) == (True, "the link is down")
    run.now += 100
    run.core.on_blocked(None, run.now)
    run.effects.clear()
    assert run.beat(walk()).beat == 1
    assert run.core.status().skipped == {}

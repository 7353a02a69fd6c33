"""The beat in virtual time."""

from __future__ import annotations

import pytest

from tests.heartbeat.virtual import BOOT, FAST, PERSON, SLOW, Virtual, snapshot, walk
from timmy_actors.errors import RefusedError
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
    UsePolicy,
    Write,
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
    assert run.core.on_proposed(ticket, _proposal(walk()), run.now) == []
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
    run.add(run.core.on_proposed(question.ticket, _proposal(ToolCall("chat", {"text": "hi"})), run.now))
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


def test_a_repeated_action_is_reported_then_the_policy_changes_then_the_beat_pauses() -> None:
    run = Virtual(SLOW, FAST, repeats=2)
    run.beat(walk())
    run.beat(walk())
    run.tick()
    run.see()
    assert run.core.status().guard == "reported"
    assert any("you repeat yourself" in line for line in run.take(Think).question.feedback)
    run.add(run.core.on_proposed(run.core._thought.ticket, _proposal(walk()), run.now))  # type: ignore[union-attr]
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


def test_a_policy_that_always_fails_pauses_the_beat() -> None:
    run = Virtual(repeats=2)
    while run.core.phase == "autonomous":
        run.tick()
        if run.has(Perceive):
            run.see()
        if run.has(Think):
            run.propose(problem="HTTP 500")
    assert run.core.status().reason == "the policy repeats itself: a decision was refused 4 times in a row"
    assert run.core.status().guard == "paused"


def test_a_paused_heartbeat_takes_single_steps() -> None:
    run = Virtual()
    run.add(run.core.pause("on request"))
    assert run.core.next_due() is None
    run.core.step(run.now)
    run.beat(walk())
    assert run.core.next_due() is None
    run.core.resume(run.now)
    assert run.core.next_due() == run.now


def test_a_pause_drops_the_decision_but_not_the_action_under_way() -> None:
    run = Virtual()
    run.tick()
    run.see()
    ticket = run.take(Think).ticket
    run.add(run.core.pause("on request"))
    run.take(StopThinking)
    assert run.core.on_proposed(ticket, _proposal(walk()), run.now) == []
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
    run.add(run.core.on_proposed(question.ticket, _proposal(walk(), text="on"), run.now))
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


def test_a_finish_ends_the_episode() -> None:
    run = Virtual()
    run.tick()
    run.see()
    run.propose(ToolCall("finish", {"outcome": "failure", "reason": "the door is locked"}))
    assert run.record().outcome == "waited"
    end = run.end()
    assert (end.outcome, end.reason) == ("failure", "the door is locked")
    assert run.core.status().episode is None


def test_a_stop_waits_for_the_action_under_way() -> None:
    run = Virtual()
    run.tick()
    run.see()
    run.propose(walk())
    act = run.take(Act)
    assert run.core.stop("on request") == []
    run.effects.append(act)
    run.done()
    run.record()
    assert run.end().outcome == "stopped"


def test_a_script_that_is_over_ends_the_episode() -> None:
    run = Virtual()
    run.tick()
    run.see()
    run.propose(over="the script is played")
    assert (run.end().reason, run.core.status().reason) == ("the script is played", "the script is played")


@pytest.mark.parametrize(
    ("limits", "reason"),
    [({"max_tokens": 100}, "the episode used 120 tokens of 100"), ({"max_cost": 0.5}, "the episode cost 0.6 of 0.5")],
)
def test_a_budget_ends_the_episode(limits: dict[str, float], reason: str) -> None:
    run = Virtual(**limits)
    for _ in range(2):
        run.tick()
        run.see()
        run.propose(ToolCall("wait"), usage=Usage(prompt_tokens=50, completion_tokens=10, cost=0.3))
        run.record()
    end = run.end()
    assert (end.outcome, end.reason) == ("budget", reason)


def test_what_had_not_happened_in_a_restored_world_is_forgotten() -> None:
    run = Virtual()
    run.beat(walk(1), view=View(snapshot(game_ms=1_000)))
    run.beat(walk(2), view=View(snapshot(200, game_ms=2_000)))
    run.tick()
    run.see(View(snapshot(game_ms=1_500)))
    question = run.take(Think).question
    assert [line[:6] for line in question.memory] == ["beat 1"]
    assert "restored" in question.feedback[0]


def test_another_server_process_has_a_clock_of_its_own() -> None:
    run = Virtual()
    run.beat(walk(), view=View(snapshot(game_ms=9_000)))
    run.tick()
    run.see(View(snapshot(game_ms=1, boot=f"{BOOT}-next")))
    assert len(run.take(Think).question.memory) == 1


def test_the_memory_keeps_to_its_budget() -> None:
    run = Virtual(memory_chars=300)
    for number in range(20):
        run.beat(walk(), view=View(snapshot(number * 200.0)))
    run.tick()
    run.see()
    memory = run.take(Think).question.memory
    assert 0 < sum(map(len, memory)) <= 300
    assert memory[-1].startswith("beat 20")


def test_an_episode_is_resumed_with_the_next_number() -> None:
    run = Virtual()
    run.core.start("e", run.now, next_beat=42)
    run.core.remember(["beat 41: ..."], "the daemon was restarted", [Usage(prompt_tokens=7)])
    assert run.core.status().tokens == 7
    run.tick()
    run.see()
    question = run.take(Think).question
    assert (question.beat, question.memory, question.feedback) == (42, ("beat 41: ...",), ("the daemon was restarted",))


@pytest.mark.parametrize("operation", ["stop", "pause", "resume", "step", "take_over"])
def test_without_an_episode_nothing_can_be_controlled(operation: str) -> None:
    run = Virtual()
    run.core.stop("on request")
    arguments = {"stop": ("x",), "pause": ("x",)}.get(operation, (run.now,))
    with pytest.raises(RefusedError, match="no episode"):
        getattr(run.core, operation)(*arguments)


def _proposal(*calls: ToolCall, text: str = "") -> Proposal:
    return Proposal(calls=calls, text=text)

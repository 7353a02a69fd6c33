"""A beat, from its due time to its record. No thread, clock or socket. Read from `on_tick` on.

Each effect that is answered has a ticket. An answer with another ticket than the expected one belongs to a beat that
was given up: it is dropped and counted.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from timmy_actors.heartbeat.beat import PERSON, PLANNED, Beat, choose
from timmy_actors.heartbeat.budget import Budget
from timmy_actors.heartbeat.core_options import CoreOptions, PolicyFacts
from timmy_actors.heartbeat.effects import (
    Act,
    Done,
    Effect,
    End,
    Freeze,
    Intend,
    Perceive,
    StopThinking,
    Thaw,
    Think,
    UsePolicy,
    Write,
)
from timmy_actors.heartbeat.experience import Experience
from timmy_actors.heartbeat.plan import Aborted, PlanRunner
from timmy_actors.heartbeat.proposal import Proposal, Question, ToolCall
from timmy_actors.heartbeat.schedule import Schedule
from timmy_actors.heartbeat.tools import MAX_CALLS, Command, Execute, Finish, Plan, PlannedStep, Refusal, Toolbox, Wait
from timmy_actors.heartbeat.view import View
from timmy_actors.protocol import BeatPhase, LastBeat, Revision, SkipReason
from timmy_actors.recording import EpisodeOutcome

BACKOFF_BASE_S, BACKOFF_CAP_S = 0.5, 60.0
"""The pause after a policy's failure; it doubles with each further one."""


@dataclass
class _Thought:
    """A question that the policy was asked."""

    ticket: int
    began: float
    feedback: list[str]


class BeatFlow:
    """Takes beats while it has an episode; events and the time go in, effects come out."""

    def __init__(self, options: CoreOptions, toolbox: Toolbox, now: float) -> None:
        self._options = options
        self._toolbox = toolbox
        self._schedule = Schedule(1.0 / options.rate_hz, now)
        self._tickets = itertools.count(1)
        self._out: list[Effect] = []
        self._skipped: Counter[SkipReason] = Counter()
        self._late_answers = 0
        self._blocked: str | None = None
        """Why no beat can be taken now: the link or the portal is down."""
        self._reset()

    def _reset(self) -> None:
        self.episode: str | None = None
        self.phase: BeatPhase = "paused"
        self.reason: str | None = None
        self._single = False
        self._ending: tuple[EpisodeOutcome, str | None] | None = None
        """How to end the episode after the action that is under way."""
        self._beat: Beat | None = None
        self._thought: _Thought | None = None
        self._ready: tuple[Proposal, float] | None = None
        """A decision that came while the plan went on, and how long it took."""
        self._frozen = False
        self._plan = PlanRunner()
        self._person_calls: deque[ToolCall] = deque()
        self._experience = Experience(self._options.memory_chars, self._options.repeats)
        self._shown: Revision | None = None
        """The revision that a view must show, so that it is not stale."""
        self._index = 0
        self._failures = 0
        self._hold_until = 0.0
        self._next_beat = 1
        self._beats = 0
        self._budget = Budget(self._options.max_tokens, self._options.max_cost)
        self._last: LastBeat | None = None

    # A beat: perceive, decide, act, record.

    def next_due(self) -> float | None:
        """When the next beat is due, in monotonic seconds; None: there is none."""
        if self.episode is None or self._blocked is not None or (self.phase == "paused" and not self._single):
            return None
        return self._schedule.due

    def on_tick(self, now: float, time: datetime) -> list[Effect]:
        """Begin a beat if one is due, unless the last one is still under way."""
        due = None if self.next_due() is None else self._schedule.take(now)
        if due is None:
            return []
        if due.missed:
            self._skipped["late"] += due.missed
        if self._beat is not None:
            self._skipped["deciding" if self._beat.stage == "deciding" else "busy"] += 1
        elif now < self._hold_until:
            self._skipped["backoff"] += 1
        elif self._asks_person and not self._person_calls:
            self._skipped["person"] += 1
        else:
            self._begin(now, time)
        return self._take()

    def _begin(self, now: float, time: datetime) -> None:
        ticket = next(self._tickets)
        self._beat = Beat(self._next_beat, self.phase, now, time, ticket, self._policy.name)
        if self._will_think and self._options.freezes and self._policy.is_slow:
            self._frozen = True
            self._out.append(Freeze())
        self._out.append(Perceive(ticket, self._options.perceive_timeout_s))

    def on_perceived(self, ticket: int, view: View, now: float) -> list[Effect]:
        """Decide on a view, or skip the beat where it shows the past."""
        beat = self._expected(ticket)
        if beat is None:
            return []
        if view.stale is not None or not view.shows(self._shown):
            self._skip_beat("stale")
            return self._take()
        beat.view, beat.perceive_s = view, now - beat.began
        self._on_view(view)
        beat.generation = self._experience.generation
        if self._beat is None:  # the loop guard has paused
            return self._take()
        if self._asks_person:
            self._take_person_choice(beat, now)
        elif self._ready is not None:
            (proposal, took_s), self._ready = self._ready, None
            self._adopt(beat, proposal, took_s, now)
        elif self._plan.is_running:
            self._follow_plan(beat, now)
        else:
            self._ask(beat, now)
        return self._take()

    def _on_view(self, view: View) -> None:
        alarm = self._experience.on_view(view, can_change=self._index + 1 < len(self._options.policies))
        if alarm is None or alarm.level == "reported":
            return
        if alarm.level == "policy_changed":
            self._index += 1
            self._stop_thinking()
            self._ready = None
            self._out.append(UsePolicy(self._index))
        else:
            self._change(phase="paused", reason=f"the policy repeats itself: {alarm.reason}")

    # Decide.

    def _ask(self, beat: Beat, now: float) -> None:
        beat.stage = "deciding"
        if self._thought is None:
            self._think(beat, now)

    def _think(self, beat: Beat, now: float) -> None:
        feedback = self._experience.take_feedback()
        self._thought = _Thought(next(self._tickets), now, feedback)
        question = Question(
            beat=beat.number,
            goal=self._options.goal,
            observation=beat.view.observation,
            picture=beat.view.picture,
            memory=self._experience.memory.recall(),
            feedback=tuple(feedback),
            tools=self._toolbox.schemas,
            deadline_s=self._options.decide_timeout_s,
        )
        self._out.append(Think(self._thought.ticket, question))

    def on_proposed(self, ticket: int, proposal: Proposal, now: float) -> list[Effect]:
        """The policy has decided, or could not."""
        if self._thought is None or self._thought.ticket != ticket:
            self._late_answers += 1
            self._budget.add(proposal.usage)  # it is of no use, and has to be paid
            return []
        took_s = now - self._thought.began
        if proposal.problem is not None:  # it has not read them
            self._experience.note(*self._thought.feedback)
        self._thought = None
        self._budget.add(proposal.usage)
        beat = self._beat
        if beat is None or (beat.stage != "deciding" and not beat.awaits_counterpart):
            self._ready = proposal, took_s
        elif beat.awaits_counterpart:
            beat.awaits_counterpart, beat.counterpart, beat.decide_s = False, proposal, took_s
            if not beat.in_flight:
                self._finish(beat)
        else:
            self._thaw()
            self._adopt(beat, proposal, took_s, now)
        return self._take()

    def on_expired(self, ticket: int, now: float) -> list[Effect]:
        """An answer did not come in time."""
        if self._thought is not None and self._thought.ticket == ticket:
            self._out.append(StopThinking())
            within_s = self._options.decide_timeout_s
            return self.on_proposed(ticket, Proposal(problem=f"no decision within {within_s:g} s"), now)
        if self._beat is not None and self._beat.ticket == ticket and self._beat.stage == "perceiving":
            self._skip_beat("stale")
        return self._take()

    def _adopt(self, beat: Beat, proposal: Proposal, took_s: float, now: float) -> None:
        if proposal.problem is None:
            self._plan.clear()
        beat.proposal, beat.by, beat.decide_s = proposal, self._policy.name, took_s
        if proposal.over is not None:
            self._end("stopped", proposal.over)
            return
        self._failures = self._failures + 1 if proposal.problem is not None else 0
        if proposal.problem is not None:
            backoff_s = min(BACKOFF_BASE_S * 2 ** (self._failures - 1), BACKOFF_CAP_S)
            self._hold_until = now + (backoff_s if proposal.retry_after_s is None else proposal.retry_after_s)
        beat.dropped = max(0, len(proposal.calls) - MAX_CALLS)
        self._carry_out(beat, proposal.calls[:MAX_CALLS], now)

    # Act.

    def _take_person_choice(self, beat: Beat, now: float) -> None:
        beat.by = PERSON
        if not self._policy.is_person:
            beat.awaits_counterpart = True
            self._think(beat, now)
        self._carry_out(beat, (self._person_calls.popleft(),), now)

    def _follow_plan(self, beat: Beat, now: float) -> None:
        match self._plan.on_view(beat.view, now):
            case PlannedStep() as planned:
                if self._policy.is_slow and not self._options.freezes and self._thought is None:
                    self._think(beat, now)
                beat.by = PLANNED
                self._carry_out(beat, (planned.call,), now)
            case Aborted(reason):
                self._experience.note(Refusal("aborted", reason).line)
                self._ask(beat, now)
            case "over":
                self._ask(beat, now)
            case "waits":
                self._skip_beat("busy")

    def _carry_out(self, beat: Beat, calls: Sequence[ToolCall], now: float) -> None:
        beat.stage, beat.acts_since = "acting", now
        prefix = f"{self.episode}-{beat.number}"  # derived: after a crash the journal is asked for these ids
        beat.chosen = tuple(choose(self._toolbox, call, f"{prefix}-{n}") for n, call in enumerate(calls))
        beat.waiting = deque(beat.chosen)
        if any(each.command_id is not None for each in beat.chosen):
            self._out.append(Intend(beat.intention()))
        self._go_on(beat, now)

    def _go_on(self, beat: Beat, now: float) -> None:
        """Carry out the beat's next call; after the last one, record the beat."""
        while beat.waiting:
            match beat.current.task:
                case Refusal(code, message, field):
                    beat.settle(Done(code=code, message=message, field=field))
                case Wait():
                    beat.settle(Done({}))
                case Finish(outcome, _):
                    beat.settle(Done({"outcome": outcome}))
                case Plan(steps):
                    self._plan.begin(steps)
                    beat.settle(Done({"steps": len(steps)}))
                case Command() | Execute() as task:
                    self._act(beat, task, now)
                    return
        beat.act_s = now - beat.acts_since
        if beat.by == PLANNED:
            self._plan.on_done(now, failed=beat.failure is not None)
        if not beat.awaits_counterpart:
            self._finish(beat)

    def _act(self, beat: Beat, task: Command | Execute, now: float) -> None:
        left_s = beat.acts_since + self._options.act_timeout_s - now
        beat.ticket, beat.in_flight = next(self._tickets), True
        if left_s > 0:
            self._out.append(Act(beat.ticket, task, beat.current.command_id or "", left_s))
        else:
            late = f"an action has {self._options.act_timeout_s:g} s in a beat, which have passed"
            self._settle(beat, Done(code="expired", message=late), now)

    def on_acted(self, ticket: int, done: Done, now: float) -> list[Effect]:
        """A call was carried out, or refused."""
        beat = self._expected(ticket)
        if beat is not None:
            self._settle(beat, done, now)
        return self._take()

    def _settle(self, beat: Beat, done: Done, now: float) -> None:
        beat.in_flight = False
        beat.effective = beat.effective or done.code is None
        self._shown = done.revision or self._shown
        beat.settle(done)
        self._go_on(beat, now)

    # Record.

    def _finish(self, beat: Beat) -> None:
        self._experience.on_beat(beat)
        self._out.append(Write(beat.record(), beat.view.picture))
        self._beat, self._single = None, self._single and beat.phase != "paused"  # not the one that began before
        self._beats, self._next_beat, self._last = self._beats + 1, beat.number + 1, beat.summary()
        self._end_if_over(beat)

    def _end_if_over(self, beat: Beat) -> None:
        finish = next((each.task for each in beat.chosen if isinstance(each.task, Finish)), None)
        if self._ending is not None:
            self._end(*self._ending)
        elif finish is not None and beat.failure is None:
            self._end(finish.outcome, finish.reason or None)
        elif self._budget.exhausted is not None:
            self._end("budget", self._budget.exhausted)

    def _end(self, outcome: EpisodeOutcome, reason: str | None) -> None:
        """Close the episode; an action under way is finished and recorded first."""
        if self._beat is not None and self._beat.in_flight:
            self._ending = outcome, reason
            self._stop_thinking()
            return
        self._give_up_beat()
        if self.episode is None:  # the beat that was given up had ended it
            return
        self._out.append(End(outcome, reason))
        self.episode, self.phase, self.reason = None, "paused", reason

    # What several of these need.

    @property
    def _policy(self) -> PolicyFacts:
        return self._options.policies[self._index]

    @property
    def _asks_person(self) -> bool:
        return self.phase == "correcting" or self._policy.is_person

    @property
    def _will_think(self) -> bool:
        return not self._asks_person and self._ready is None and not self._plan.is_running

    def _expected(self, ticket: int) -> Beat | None:
        """The beat that waits for the answer with this ticket; None, and counted: it was given up."""
        if self._beat is not None and self._beat.ticket == ticket:
            return self._beat
        self._late_answers += 1
        return None

    def _skip_beat(self, reason: SkipReason) -> None:
        self._skipped[reason] += 1
        self._beat = None
        self._thaw()

    def _give_up_beat(self) -> None:
        """Drop what is under way; a beat that acts is finished."""
        self._stop_thinking()
        beat = self._beat
        if beat is not None and not beat.in_flight:
            self._beat = None
            if beat.stage == "acting":  # all is done: it only awaited what the policy would have done
                self._finish(beat)
        self._thaw()

    def _stop_thinking(self) -> None:
        if self._thought is not None:
            self._thought = None
            self._out.append(StopThinking())
        if self._beat is not None:
            self._beat.awaits_counterpart = False

    def _change(self, *, phase: BeatPhase, reason: str | None) -> None:
        self.phase, self.reason, self._single = phase, reason, False
        self._give_up_beat()
        self._plan.clear()
        self._ready = None

    def _thaw(self) -> None:
        if self._frozen:
            self._frozen = False
            self._out.append(Thaw())

    def _take(self) -> list[Effect]:
        effects, self._out = self._out, []
        return effects

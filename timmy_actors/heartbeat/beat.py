"""One beat under way: what was perceived, decided and done so far, and its record at the end. Pure."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from timmy_actors.errors import RefusedError
from timmy_actors.heartbeat.effects import Done, Intention
from timmy_actors.heartbeat.proposal import Json, Proposal, ToolCall
from timmy_actors.heartbeat.tools import (
    IN_PLACE,
    MAX_CALLS,
    Command,
    Execute,
    Refusal,
    Task,
    Toolbox,
    Wait,
    canonical,
    is_bounded,
)
from timmy_actors.heartbeat.view import View
from timmy_actors.protocol import BeatPhase, LastBeat
from timmy_actors.recording import (
    BeatCall,
    BeatOutcome,
    BeatRecord,
    CallError,
    CallOutcome,
    Decision,
    Latencies,
    Override,
    hash_observation,
)

PERSON, PLANNED = "human", "plan"
MAX_TEXT, MAX_NAME, MAX_SHOWN = 16_000, 128, 200
MAX_TRIED = 500
"""The characters of what was tried, in messages and in the loop guard's comparison; longer ones differ by a digest."""
MS_PER_S = 1_000.0
IN_DOUBT = frozenset({"in_doubt"})
REFUSED_CODES = frozenset({"bad_arguments", "unknown_command", "overloaded", "not_started", "no_tool_call"})
"""Codes of calls that were not sent anywhere."""
Stage = Literal["perceiving", "deciding", "acting"]


@dataclass(frozen=True)
class Chosen:
    """A call of the beat, and what it means; a refusal if it is not carried out."""

    call: ToolCall
    task: Task | Refusal
    command_id: str | None = None


def choose(toolbox: Toolbox, call: ToolCall, command_id: str) -> Chosen:
    """Validate a call, and give it the id under which it is done once."""
    try:
        task = toolbox.parse(call)
    except RefusedError as refused:
        return Chosen(call, Refusal(refused.code, refused.message, refused.field))
    return Chosen(call, task, command_id if isinstance(task, Command | Execute) else None)


@dataclass
class Beat:
    """A beat under way. Times are monotonic seconds, but for `time`, which is UTC."""

    number: int
    phase: BeatPhase
    began: float
    time: datetime
    ticket: int
    """The ticket of the answer that it waits for."""
    policy: str
    """The name of the policy in use."""
    stage: Stage = "perceiving"
    view: View = field(default_factory=View)
    generation: int = 0
    by: str = ""
    proposal: Proposal | None = None
    counterpart: Proposal | None = None
    """With a person's choice: what the policy would have done."""
    awaits_counterpart: bool = False
    chosen: tuple[Chosen, ...] = ()
    waiting: deque[Chosen] = field(default_factory=deque)
    results: list[CallOutcome] = field(default_factory=list)
    acts_since: float = 0.0
    perceive_s: float | None = None
    decide_s: float | None = None
    act_s: float | None = None
    dropped: int = 0
    """Calls beyond the limit."""
    in_flight: bool = False
    """Whether the current call was sent and is not answered yet."""
    effective: bool = False
    """Whether a call was carried out in the game."""

    @property
    def current(self) -> Chosen:
        """The call that is being carried out."""
        return self.waiting[0]

    def settle(self, done: Done) -> None:
        """Record what became of the current call; after a failure the others are not started."""
        self.waiting.popleft()
        self._append(done)
        if done.code is None:
            return
        while self.waiting:
            self.waiting.popleft()
            self._append(Done(code="not_started", message="an earlier call failed"))

    def _append(self, done: Done) -> None:
        number = str(len(self.results) + 1)
        if done.code is None:
            self.results.append(CallOutcome(call_id=number, value=done.value))
        else:
            error = CallError(code=done.code, message=readable(done.message), field=done.field)
            self.results.append(CallOutcome(call_id=number, error=error))

    @property
    def failure(self) -> Refusal | None:
        """The first call that failed, or why there was none."""
        if self.proposal is not None and self.proposal.problem is not None:
            return Refusal("policy_failed", self.proposal.problem)
        errors = (result.error for result in self.results if result.error is not None)
        first = next(errors, None)
        if first is not None:
            return Refusal(first.code, first.message, first.field)
        return None if self.chosen else Refusal("no_tool_call", "the answer called no tool")

    @property
    def name(self) -> str:
        """What was tried, equal for equal tries."""
        if self.proposal is not None and self.proposal.problem is not None:
            return "a decision"
        if not self.chosen:
            return "an answer without a tool call"
        whole = "; ".join(canonical(each.call.tool[:MAX_NAME], _recordable(each.call)) for each in self.chosen)
        if len(whole) <= MAX_TRIED:
            return whole
        return f"{whole[:MAX_TRIED]}… ({hashlib.sha256(whole.encode('utf-8', 'replace')).hexdigest()[:16]})"

    @property
    def only_waits(self) -> bool:
        """Whether the decision was to do nothing."""
        return bool(self.chosen) and all(isinstance(each.task, Wait) for each in self.chosen)

    @property
    def moves(self) -> bool:
        """Whether it may have changed where the player is."""
        return any(each.call.tool not in IN_PLACE for each in self.chosen)

    @property
    def outcome(self) -> BeatOutcome:
        """The beat's outcome."""
        failure = self.failure
        if failure is None:
            return "acted" if self.effective else "waited"
        if failure.code in IN_DOUBT:
            return "in_doubt"
        return "refused" if failure.code in REFUSED_CODES else "failed"

    def intention(self) -> Intention:
        """What it is about to do."""
        decision, override = self._decisions()
        return Intention(beat=self.number, phase=self.phase, decision=decision, override=override)

    def record(self) -> BeatRecord:
        """Its record."""
        decision, override = self._decisions()
        snapshot, proposal = self.view.snapshot, self.proposal
        observation = self.view.observation
        asked = self.counterpart or proposal
        return BeatRecord(
            beat=self.number,
            phase=self.phase,
            time=self.time,
            monotonic_s=self.began,
            latencies=Latencies(perceive_s=self.perceive_s, decide_s=self.decide_s, act_s=self.act_s),
            game_ms=self.view.game_ms,
            epoch=None if snapshot is None else snapshot.epoch,
            boot=self.view.boot,
            generation=self.generation,
            observation=observation,
            observation_hash=hash_observation(observation),
            prompt=() if asked is None else asked.prompt,
            decision=decision,
            results=tuple(self.results),
            outcome=self.outcome,
            reason=self._reason(),
            override=override,
            usage=None if asked is None else asked.usage,
        )

    def summary(self) -> LastBeat:
        """Its record in short."""
        phases = {"perceive_ms": self.perceive_s, "decide_ms": self.decide_s, "act_ms": self.act_s}
        return LastBeat(
            beat=self.number,
            outcome=self.outcome,
            reason=self._reason(),
            text="" if self.proposal is None else readable(self.proposal.text)[:MAX_SHOWN],
            calls=tuple(each.call.tool[:MAX_NAME] for each in self.chosen),
            **{name: None if took is None else round(took * MS_PER_S, 3) for name, took in phases.items()},
        )

    def line(self) -> str:
        """What is remembered of it."""
        said = "" if self.proposal is None else readable(self.proposal.text).strip().replace("\n", " ")
        did = self.name if self.chosen else "nothing"
        failure = self.failure
        return f"beat {self.number}: {said[:MAX_SHOWN]} -> {did} -> {self.outcome if failure is None else failure.line}"

    def _reason(self) -> str | None:
        parts = [] if self.failure is None else [self.failure.message]
        if self.dropped:
            parts.append(f"{self.dropped} calls beyond the limit of {MAX_CALLS} were dropped")
        if self.proposal is not None and self.proposal.remark is not None:
            parts.append(self.proposal.remark)
        return readable("; ".join(parts)) or None

    def _decisions(self) -> tuple[Decision, Override | None]:
        decision = Decision(
            text="" if self.proposal is None else readable(self.proposal.text),
            calls=_calls(self.chosen),
            by=self.by,
        )
        if self.counterpart is None:
            return decision, None
        other = self.counterpart
        calls = _calls([Chosen(call, Refusal("not_started", "a person decided")) for call in other.calls[:MAX_CALLS]])
        return decision, Override(
            policy=Decision(text=readable(other.text), calls=calls, by=self.policy), human=decision
        )


def _calls(chosen: Sequence[Chosen]) -> tuple[BeatCall, ...]:
    return tuple(
        BeatCall(
            id=str(number),
            name=readable(each.call.tool)[:MAX_NAME] or "?",
            arguments=_recordable(each.call),
            command_id=each.command_id,
        )
        for number, each in enumerate(chosen, start=1)
    )


def _recordable(call: ToolCall) -> Json:
    return call.arguments if is_bounded(call.arguments) else {}


def readable(text: str) -> str:
    """A text that JSON can hold, of bounded length."""
    return text[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")

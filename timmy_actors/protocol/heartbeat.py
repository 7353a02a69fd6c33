"""The heartbeat: what a person asks of it, and its status."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from timmy_actors.protocol._base import Count, Model, Name, RequestId, StrictModel

HEARTBEAT_TIMEOUT_S = 10.0
"""How long the heartbeat's actor may take to answer: it never waits for a game or a model."""

HeartbeatOperation = Literal["status", "start", "stop", "pause", "step", "take_over", "act"]
BeatPhase = Literal["autonomous", "paused", "correcting"]
Perceives = Literal["bridge", "portal", "both"]
"""What a beat perceives: the game server's snapshots, the game's window, or both."""
GuardLevel = Literal["ok", "reported", "policy_changed", "paused"]
SkipReason = Literal["late", "busy", "deciding", "stale", "backoff", "person"]


class HumanCall(StrictModel):
    """A tool call that a person chose: one of the heartbeat's tools, and its arguments."""

    tool: Name
    arguments: dict[str, Any] = Field(default_factory=dict)


class HeartbeatCall(StrictModel):
    """What to do with the heartbeat.

    `start`: begin an episode, or return to the policy after a pause or a take-over. `stop`: end the episode. `step`:
    one beat of a paused heartbeat. `take_over`: a person chooses from now on. `act`: the person's choice.
    """

    operation: HeartbeatOperation = "status"
    call: HumanCall | None = None
    """With `act`: the choice."""

    @model_validator(mode="after")
    def _has_its_call(self) -> Self:
        if (self.call is not None) != (self.operation == "act"):
            raise ValueError("'call' belongs to the operation 'act', which requires it")
        return self


class HeartbeatRequest(HeartbeatCall):
    """Start, stop or control the heartbeat, or read its status."""

    type: Literal["heartbeat"] = "heartbeat"
    id: RequestId

    @property
    def without_id(self) -> HeartbeatCall:
        """The call, without the request's id."""
        return HeartbeatCall(operation=self.operation, call=self.call)


Milliseconds = Annotated[float, Field(ge=0)]


class Spread(Model):
    """A distribution, in milliseconds."""

    p50: Milliseconds = 0.0
    p99: Milliseconds = 0.0
    max: Milliseconds = 0.0


class LastBeat(Model):
    """The last recorded beat, in short."""

    beat: Count
    outcome: str
    reason: str | None = None
    text: str = ""
    """What the policy said, shortened."""
    calls: tuple[str, ...] = ()
    """The names of the tools that were called."""
    perceive_ms: Milliseconds | None = None
    decide_ms: Milliseconds | None = None
    act_ms: Milliseconds | None = None


class HeartbeatStatus(Model):
    """The heartbeat's state. It runs while it has an episode."""

    phase: BeatPhase = "paused"
    episode: str | None = None
    """The episode; None: it does not run."""
    reason: str | None = None
    """Why it is paused or waits, or why the last episode ended."""
    waits: bool = False
    """Whether the episode cannot begin yet, for `reason`; that is tried again and again."""
    blocked: bool = False
    """Whether it waits for the link or the portal, and continues by itself."""
    policy: str = ""
    """The policy that decides now: not the configured one, after the loop guard changed it."""
    rate_hz: float = 0.0
    beats: Count = 0
    """The recorded beats of this episode."""
    skipped: dict[SkipReason, Count] = Field(default_factory=dict)
    """The beats that did not take place, by reason."""
    late_answers: Count = 0
    """Answers that came after their beat had ended, and were dropped."""
    jitter_ms: Spread = Spread()
    """How much later than scheduled the last beats began."""
    guard: GuardLevel = "ok"
    guard_reason: str | None = None
    """What the policy repeats without effect."""
    tokens: Count = 0
    cost: Annotated[float, Field(ge=0)] = 0.0
    recording: str | None = None
    """Why records are being lost; None: everything is stored."""
    last: LastBeat | None = None
    tools: tuple[str, ...] = ()
    """The tools that a policy or a person can call."""

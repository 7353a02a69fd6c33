"""The heartbeat's status."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol._base import Count, Model

BeatPhase = Literal["autonomous", "paused", "correcting"]
GuardLevel = Literal["ok", "reported", "policy_changed", "paused"]
SkipReason = Literal["late", "busy", "deciding", "stale", "backoff", "person"]

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

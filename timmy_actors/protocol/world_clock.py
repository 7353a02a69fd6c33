"""The embedded world's clock: how to stop game time and move it on, and what has passed."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from timmy_actors.protocol._base import Count, Model, Name, RequestId, StrictModel

MAX_STEP_MS = 60_000
"""The most game time that one step lets pass: the world computes a minute in less than a second."""
CLOCK_TIMEOUT_S = 15.0
"""How long a call may take: the longest step, on a busy machine."""

StepMs = Annotated[int, Field(ge=1, le=MAX_STEP_MS)]
ClockOperation = Literal["freeze", "step", "thaw", "status"]


class ClockCall(StrictModel):
    """What to do with the clock."""

    operation: ClockOperation = "status"
    ms: StepMs | None = None
    """With `step`: how much game time passes, in milliseconds."""
    by: Name = "client"
    """With `freeze`: who freezes the world, for everybody who reads its clock."""

    @model_validator(mode="after")
    def _has_its_arguments(self) -> Self:
        if (self.ms is not None) != (self.operation == "step"):
            raise ValueError("'ms' belongs to the operation 'step', which requires it")
        return self


class ClockRequest(ClockCall):
    """Freeze, step or thaw the embedded world, or read its clock."""

    type: Literal["clock"] = "clock"
    id: RequestId

    @property
    def call(self) -> ClockCall:
        """The call, without the request's id."""
        return ClockCall(operation=self.operation, ms=self.ms, by=self.by)


class TimePassed(Model):
    """An amount of time."""

    game_ms: Count
    """Game time, in milliseconds."""
    real_ms: Count
    """Real time, in milliseconds."""
    steps: Count
    """How many calls of `step` were made."""


class WorldClock(TimePassed):
    """The clock, counted since the world's process started."""

    frozen_by: str | None = None
    """Who froze the world; None: game time follows real time."""
    passed: TimePassed
    """What has passed since the clock was last read or changed, by anybody."""

    @property
    def frozen(self) -> bool:
        """Whether game time stands still."""
        return self.frozen_by is not None

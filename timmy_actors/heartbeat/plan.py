"""A plan under way: the steps that beats carry out while the policy thinks. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

from timmy_actors.heartbeat.tools import PlannedStep
from timmy_actors.heartbeat.view import View


@dataclass(frozen=True)
class Aborted:
    """The plan has ended before its last step."""

    reason: str


class PlanRunner:
    """Carries out one plan at a time; times are monotonic seconds."""

    def __init__(self) -> None:
        self._steps: deque[PlannedStep] = deque()
        self._sent_at: float | None = None
        """When the first step was carried out; it waits for its condition."""

    @property
    def is_running(self) -> bool:
        """Whether steps are left."""
        return bool(self._steps)

    def begin(self, steps: tuple[PlannedStep, ...]) -> None:
        """Replace the plan."""
        self._steps, self._sent_at = deque(steps), None

    def clear(self) -> None:
        """Drop the plan."""
        self.begin(())

    def on_view(self, view: View, now: float) -> PlannedStep | Aborted | Literal["waits", "over"]:
        """The step to carry out now; `waits`: none yet; `over`: the last one is done."""
        while self._steps:
            planned = self._steps[0]
            step, snapshot = planned.step, view.snapshot
            if step.abort_if is not None and snapshot is not None and step.abort_if.holds(snapshot):
                return self._abort(f"{step.tool}: its abort_if holds")
            if self._sent_at is None:
                return planned
            if step.until is None or snapshot is None or step.until.holds(snapshot):
                self._steps.popleft()
                self._sent_at = None
            elif now - self._sent_at > step.within_s:
                return self._abort(f"{step.tool}: its until does not hold after {step.within_s:g} s")
            else:
                return "waits"
        return "over"

    def on_done(self, now: float, *, failed: bool) -> None:
        """The step was carried out; after a failure the plan is dropped."""
        if failed:
            self.clear()
        elif self._steps[0].step.until is None:
            self._steps.popleft()
        else:
            self._sent_at = now

    def _abort(self, reason: str) -> Aborted:
        left = len(self._steps)
        self.clear()
        return Aborted(f"the plan was aborted with {left} steps left: {reason}")

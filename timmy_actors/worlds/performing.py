"""Runs a plan with a body: one request at a time, within a deadline, until it ends or is cancelled."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import Event
from typing import Any, Literal, Protocol

from pydantic import Field

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import ActionResult, Model, PerceptionOutput
from timmy_actors.worlds.plans import OBSERVE, Ending, NoSectionError, Plan, Request, Seen

LONGEST_S = 3600.0
OBSERVE_EVERY_S = 0.1
"""The pause before a plan that only observes looks again: perceptions are pushed five times a second."""


class Performed(Model):
    """The honest outcome of a verb."""

    outcome: Literal["done", "failed", "stuck", "expired", "cancelled"]
    reason: str | None = None
    """Why it was not done."""
    value: dict[str, Any] = Field(default_factory=dict)
    seen: PerceptionOutput | None = None
    """The last snapshot; None: there was none."""
    requests: int
    """How many requests the body carried out."""
    elapsed_s: float

    @property
    def success(self) -> bool:
        """Whether it was done."""
        return self.outcome == "done"


class Progress(Model):
    """How far a verb has come."""

    verb: str
    """What the body does next."""
    remaining: float | None
    """The distance to the goal in game units, where the verb has one."""
    elapsed_s: float


class Performer(Protocol):
    """What a body needs to run plans."""

    def observe(self) -> PerceptionOutput:
        """The latest snapshot."""

    def carry_out(self, request: Request, within_s: float) -> ActionResult | None:
        """Do one request of a plan within some seconds; None: it was only to observe."""

    def after(self, result: ActionResult) -> PerceptionOutput:
        """A snapshot that shows what an action did."""


def perform(
    body: Performer,
    plan: Plan,
    *,
    deadline_s: float,
    cancel: Event | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Performed:
    """Run a plan; `cancel` ends it before its next request. Nothing is repeated, and no error but a daemon's is raised.

    Raises:
        RefusedError: `bad_arguments`: the deadline is not a number of seconds up to an hour.
    """
    check_deadline(deadline_s)
    return _Performance(body, plan, deadline_s, cancel or Event(), on_progress).run()


def check_deadline(deadline_s: float) -> None:
    """Check a verb's deadline.

    Raises:
        RefusedError: `bad_arguments`.
    """
    if not 0 < deadline_s <= LONGEST_S:
        raise RefusedError("bad_arguments", f"must be above 0 and at most {LONGEST_S:.0f} s", "deadline_s")


class _Performance:
    def __init__(
        self,
        body: Performer,
        plan: Plan,
        deadline_s: float,
        cancel: Event,
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        self._body = body
        self._plan = plan
        self._cancel = cancel
        self._on_progress = on_progress
        self._began = time.monotonic()
        self._until = self._began + deadline_s
        self._requests = 0
        self._seen: PerceptionOutput | None = None

    def run(self) -> Performed:
        """Run the plan to its end."""
        try:
            return self._run()
        except RefusedError as refused:
            return self._ended("failed", refused.message, {"code": refused.code})
        except NoSectionError as missing:
            return self._ended("failed", f"the body's snapshots have no {missing}: subscribe to that section")
        finally:
            self._plan.close()

    def _run(self) -> Performed:
        request = next(self._plan)
        while True:
            if self._cancel.is_set():
                return self._ended("cancelled", "cancelled by the caller")
            if time.monotonic() >= self._until:
                return self._ended("expired", f"not done within {self._until - self._began:g} s")
            seen = self._carry_out(request)
            if seen.snapshot.condition is not None and seen.snapshot.condition.dead:
                return self._ended("failed", "the body died")
            try:
                request = self._plan.send(seen)
            except StopIteration as end:
                ending: Ending = end.value
                return self._ended(ending.how, ending.reason, ending.value)

    def _carry_out(self, request: Request) -> Seen:
        if self._on_progress is not None:
            elapsed_s = time.monotonic() - self._began
            self._on_progress(Progress(verb=request.verb, remaining=request.remaining, elapsed_s=elapsed_s))
        self._requests += 1
        if request is OBSERVE and self._seen is not None:
            self._cancel.wait(min(OBSERVE_EVERY_S, max(0.0, self._until - time.monotonic())))
        result = self._body.carry_out(request, max(0.0, self._until - time.monotonic()))
        self._seen = self._body.observe() if result is None else self._body.after(result)
        return Seen(self._seen, time.monotonic(), result)

    def _ended(self, outcome: Any, reason: str | None, value: Mapping[str, Any] | None = None) -> Performed:
        return Performed(
            outcome=outcome,
            reason=reason,
            value=dict(value or {}),
            seen=self._seen,
            requests=self._requests,
            elapsed_s=time.monotonic() - self._began,
        )

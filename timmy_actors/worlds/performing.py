"""Runs a plan with a body: one request at a time, within a deadline, until it ends or is cancelled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator, Mapping
from functools import partial
from threading import Event
from typing import Any, Literal, NamedTuple, Protocol

from pydantic import Field

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import ActionResult, Model, PerceptionOutput
from timmy_actors.worlds.plans import OBSERVE, Ending, NoSectionError, Plan, Request, Seen, cause
from timmy_actors.worlds.timing import Clock

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

    @property
    def clock(self) -> Clock:
        """The time by which the deadline counts."""

    def observe(self) -> PerceptionOutput:
        """The latest snapshot."""

    def carry_out(self, request: Request, within_s: float) -> ActionResult | None:
        """Do one request of a plan within some seconds; None: it was only to observe."""

    def after(self, result: ActionResult) -> PerceptionOutput:
        """A snapshot that shows what an action did."""


class AsyncPerformer(Protocol):
    """The same for coroutines."""

    async def observe(self) -> PerceptionOutput:
        """The latest snapshot."""

    async def carry_out(self, request: Request, within_s: float) -> ActionResult | None:
        """Do one request of a plan within some seconds; None: it was only to observe."""

    async def after(self, result: ActionResult) -> PerceptionOutput:
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

    In lockstep the deadline counts the game's time.

    Raises:
        RefusedError: `bad_arguments`: the deadline is not a number of seconds up to an hour.
    """
    cancel = cancel or Event()
    steps = _Performance(plan, deadline_s, cancel, on_progress, body.clock.now).run()
    advance: Callable[[], _Todo] = partial(next, steps)
    try:
        while True:
            todo = advance()
            try:
                advance = partial(steps.send, _carried_out(body, todo, cancel))
            except RefusedError as refused:
                advance = partial(steps.throw, refused)
    except StopIteration as end:
        performed: Performed = end.value
        return performed
    finally:
        steps.close()


def _carried_out(body: Performer, todo: _Todo, cancel: Event) -> _Done:
    if todo.pause_s:
        body.clock.pause(todo.pause_s, cancel)
    result = body.carry_out(todo.request, todo.within_s)
    return _Done(body.observe() if result is None else body.after(result), result)


async def aperform(
    body: AsyncPerformer,
    plan: Plan,
    *,
    deadline_s: float,
    on_progress: Callable[[Progress], None] | None = None,
) -> Performed:
    """`perform` for coroutines; cancelling it ends the plan before its next request.

    Raises:
        RefusedError: as `perform`.
    """
    steps = _Performance(plan, deadline_s, Event(), on_progress, time.monotonic).run()
    advance: Callable[[], _Todo] = partial(next, steps)
    try:
        while True:
            todo = advance()
            try:
                advance = partial(steps.send, await _acarried_out(body, todo))
            except RefusedError as refused:
                advance = partial(steps.throw, refused)
    except StopIteration as end:
        performed: Performed = end.value
        return performed
    finally:
        steps.close()


async def _acarried_out(body: AsyncPerformer, todo: _Todo) -> _Done:
    await asyncio.sleep(todo.pause_s)
    result = await body.carry_out(todo.request, todo.within_s)
    return _Done(await (body.observe() if result is None else body.after(result)), result)


def check_deadline(deadline_s: float) -> None:
    """Check a verb's deadline.

    Raises:
        RefusedError: `bad_arguments`.
    """
    if not 0 < deadline_s <= LONGEST_S:
        raise RefusedError("bad_arguments", f"must be above 0 and at most {LONGEST_S:.0f} s", "deadline_s")


class _Todo(NamedTuple):
    """The next request, how long it may take, and the pause before it, in seconds."""

    request: Request
    within_s: float
    pause_s: float


class _Done(NamedTuple):
    """What was seen after a request, and its result; None: it was only to observe."""

    seen: PerceptionOutput
    result: ActionResult | None


class _Performance:
    """A plan on its way. It yields what to do, and is sent what was seen afterwards and the result; pure but for the
    clock."""

    def __init__(
        self,
        plan: Plan,
        deadline_s: float,
        cancel: Event,
        on_progress: Callable[[Progress], None] | None,
        now: Callable[[], float],
    ) -> None:
        check_deadline(deadline_s)
        self._plan = plan
        self._cancel = cancel
        self._on_progress = on_progress
        self._now = now
        self._began = now()
        self._until = self._began + deadline_s
        self._requests = 0
        self._before: Request | None = None
        self._seen: PerceptionOutput | None = None

    def run(self) -> Generator[_Todo, _Done, Performed]:
        """Run the plan to its end."""
        try:
            return (yield from self._run())
        except RefusedError as refused:
            return self._ended("failed", refused.message, cause(refused.code, refused.field))
        except NoSectionError as missing:
            return self._ended("failed", f"the body's snapshots have no {missing}: subscribe to that section")
        finally:
            self._plan.close()

    def _run(self) -> Generator[_Todo, _Done, Performed]:
        request = next(self._plan)
        while True:
            if self._cancel.is_set():
                return self._ended("cancelled", "cancelled by the caller")
            if self._now() >= self._until:
                return self._ended("expired", f"not done within {self._until - self._began:g} s")
            todo = self._todo(request)
            self._seen, result = yield todo
            if self._seen.condition is not None and self._seen.condition.dead:
                return self._ended("failed", "the body died")
            try:
                request = self._plan.send(Seen(self._seen, self._now(), result))
            except StopIteration as end:
                ending: Ending = end.value
                return self._ended(ending.how, ending.reason, ending.value)

    def _todo(self, request: Request) -> _Todo:
        now = self._now()
        if self._on_progress is not None:
            self._on_progress(Progress(verb=request.verb, remaining=request.remaining, elapsed_s=now - self._began))
        self._requests += 1
        left_s = max(0.0, self._until - now)
        is_repeated, self._before = request is OBSERVE is self._before, request
        return _Todo(request, left_s, min(OBSERVE_EVERY_S, left_s) if is_repeated else 0.0)

    def _ended(self, outcome: Any, reason: str | None, value: Mapping[str, Any] | None = None) -> Performed:
        return Performed(
            outcome=outcome,
            reason=reason,
            value=dict(value or {}),
            seen=self._seen,
            requests=self._requests,
            elapsed_s=self._now() - self._began,
        )

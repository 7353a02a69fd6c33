"""The supervisor's mind: what happened goes in with its time, what to do comes out. No thread, no clock, no actor.

Children start one after the other, each when the one before is up. One that fails for an expected reason is passed over
and restarted by its backoff; any other failure of a first start ends the supervisor. Which children a later failure
concerns is the strategy; whether it is one too many is the intensity. A child that ends while it is to be stopped
anyway, for its group or with its supervisor, is no failure of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from random import Random

from timmy_actors.errors import GaveUp, Hung, SpecError, StartFailed, TooManyOrphans
from timmy_actors.supervision.child import ALIVE, Child, ChildState
from timmy_actors.supervision.effects import (
    Abandon,
    Acknowledge,
    Effect,
    Ended,
    Exit,
    Launch,
    Restarting,
    Started,
    Stop,
)
from timmy_actors.supervision.intensity import Intensity
from timmy_actors.supervision.restart import Forget, GiveUp, Restart, decide
from timmy_actors.supervision.spec import AutoShutdown, ChildSpec, RestartType, Strategy, check_children
from timmy_actors.supervision.words import describe


class Plan:
    """One supervisor's children and what is to become of them.

    Every method takes the monotonic time and gives the effects to carry out, in order.
    """

    def __init__(
        self,
        children: Sequence[ChildSpec],
        *,
        strategy: Strategy = Strategy.ONE_FOR_ONE,
        intensity: Intensity | None = None,
        auto_shutdown: AutoShutdown = AutoShutdown.NEVER,
        random: Random | None = None,
    ) -> None:
        check_children(children, strategy, auto_shutdown)
        self.strategy = strategy
        self.window = intensity or Intensity()
        self._auto_shutdown = auto_shutdown
        self._random = random or Random()  # noqa: S311  jitter, not a secret
        self._children = {spec.id: Child(spec) for spec in children}
        self._sequence = [spec.id for spec in children]
        """Children to start one after the other; the first may be starting."""
        self._to_stop: list[str] = []
        """Children to stop one after the other, before the sequence goes on."""
        self._acknowledged = False
        self._closing = False
        self._exit_reason: BaseException | None = None
        self.exited = False

    @property
    def children(self) -> tuple[Child, ...]:
        """Every child, in the order of starting."""
        return tuple(self._children.values())

    def child(self, name: str) -> Child | None:
        """The child of that name."""
        return self._children.get(name)

    # What can happen.

    def begin(self, now: float) -> list[Effect]:
        """Start the children."""
        return list(self._go_on(now))

    def started(self, name: str, generation: int, now: float) -> list[Effect]:
        """A child acknowledged its start."""
        child = self._current(name, generation, ChildState.STARTING)
        if child is None:
            return []
        child.state, child.up_since, child.was_up = ChildState.UP, now, True
        if self._closing:
            return []
        self._leave_sequence(name)
        return [Started(name, generation), *self._go_on(now)]

    def ended(self, name: str, generation: int, reason: BaseException | None, now: float) -> list[Effect]:
        """A child's incarnation has ended."""
        child = self._current(name, generation, *ALIVE)
        if child is None:
            return []
        return [*self._end(child, reason, now), *self._go_on(now)]

    def hung(self, name: str, generation: int, now: float) -> list[Effect]:
        """A child's loop does not turn."""
        child = self._current(name, generation, ChildState.UP)
        if child is None:
            return []
        why = f"its loop has not turned for {child.spec.hung_after_s:g} s"
        return [Abandon(name, why), *self.ended(name, generation, Hung(f"{name} hung: {why}"), now)]

    def tick(self, now: float) -> list[Effect]:
        """Time has passed."""
        effects: list[Effect] = []
        for child in self.children:
            if child.state is ChildState.STARTING and now >= child.start_by:
                effects += self._give_up_start(child, now)
            elif child.state is ChildState.STOPPING and now >= child.due:
                why = f"it did not stop within {child.spec.shutdown_s:g} s"
                effects += [Abandon(child.id, why), *self._end(child, Hung(f"{child.id}: {why}"), now)]
        return [*effects, *self._go_on(now)]

    def add(self, spec: ChildSpec, now: float) -> list[Effect]:
        """Start one more child.

        Raises:
            SpecError: there is one of that name, or the supervisor is stopping.
        """
        if self._closing:
            raise SpecError(f"child {spec.id!r}: the supervisor is stopping: it takes no more children")
        others = {name: child for name, child in self._children.items() if name != spec.id or not child.is_over}
        check_children([*(child.spec for child in others.values()), spec], self.strategy, self._auto_shutdown)
        before = self._children.get(spec.id)
        generation = before.generation if before is not None else 0
        self._children = {**others, spec.id: Child(spec, generation=generation, added=True)}
        self._sequence.append(spec.id)
        return list(self._go_on(now))

    def remove(self, name: str, now: float) -> list[Effect]:
        """Stop a child for good and forget it.

        Raises:
            SpecError: there is none of that name.
        """
        child = self._children.get(name)
        if child is None:
            raise SpecError(f"child {name!r}: there is none of that name")
        child.unwanted = True
        self._leave_sequence(name)
        if not child.alive:
            del self._children[name]
            return list(self._go_on(now))
        if self._closing:
            return []  # its turn comes
        return [*self._stop(child, now), *self._go_on(now)]

    def close(self, now: float, reason: BaseException | None = None) -> list[Effect]:
        """Stop every child, the last started first, then end."""
        if self._closing:
            if isinstance(reason, TooManyOrphans):
                self._exit_reason = reason  # that has to reach the root, whatever this supervisor was ending for
            return []
        self._closing, self._exit_reason = True, reason
        self._sequence.clear()
        self._to_stop.clear()
        for child in self.children:
            if not child.alive:
                child.state = ChildState.DOWN
        return list(self._go_on(now))

    def due(self) -> float | None:
        """When `tick` is next to be called, or None."""
        due = min(self._dues(), default=math.inf)
        return due if math.isfinite(due) else None

    # What follows.

    def _dues(self) -> Iterator[float]:
        for child in self.children:
            if child.state is ChildState.STARTING:
                yield child.start_by
            elif child.state is ChildState.STOPPING or (child.state is ChildState.WAITING and self._alone(child)):
                yield child.due
        if self._sequence and not self._blocked():
            yield self._sequence_due()

    def _go_on(self, now: float) -> Iterator[Effect]:
        if self.exited:
            return
        if self._closing:
            yield from self._close_next(now)
            return
        yield from self._restart_due(now)
        yield from self._stop_next(now)
        yield from self._start_next(now)
        if not self._acknowledged and not self._sequence:
            self._acknowledged = True
            yield Acknowledge()

    def _close_next(self, now: float) -> Iterator[Effect]:
        alive = [child for child in self.children if child.alive]
        if not alive:
            self.exited = True
            yield Exit(self._exit_reason)
        elif all(child.state is not ChildState.STOPPING for child in alive):
            yield from self._stop(alive[-1], now)

    def _restart_due(self, now: float) -> Iterator[Effect]:
        for child in self.children:
            if child.state is ChildState.WAITING and self._alone(child) and now >= child.due:
                yield self._launch(child, now)

    def _stop_next(self, now: float) -> Iterator[Effect]:
        while self._to_stop and not self._is_stopping():
            child = self._children.get(self._to_stop.pop())
            if child is not None and child.state in (ChildState.STARTING, ChildState.UP):
                yield from self._stop(child, now)

    def _start_next(self, now: float) -> Iterator[Effect]:
        if self._sequence and not self._blocked() and now >= self._sequence_due():
            yield self._launch(self._children[self._sequence[0]], now)

    def _blocked(self) -> bool:
        first = self._children[self._sequence[0]]
        return bool(self._to_stop) or self._is_stopping() or first.state is ChildState.STARTING

    def _sequence_due(self) -> float:
        """When the next of the sequence may start: one waits for its own backoff, a group of equals for everybody's."""
        concerned = self._sequence if self.strategy is Strategy.ONE_FOR_ALL else self._sequence[:1]
        waiting = (child for child in map(self._children.__getitem__, concerned) if child.state is ChildState.WAITING)
        return max((child.due for child in waiting), default=-math.inf)

    def _is_stopping(self) -> bool:
        return any(child.state is ChildState.STOPPING and not child.unwanted for child in self.children)

    def _alone(self, child: Child) -> bool:
        """Whether it waits for its own restart, not for its turn in the sequence."""
        return child.id not in self._sequence

    def _launch(self, child: Child, now: float) -> Launch:
        child.state = ChildState.STARTING
        child.generation += 1
        child.launched_at, child.up_since = now, None
        return Launch(child.id, child.generation)

    def _stop(self, child: Child, now: float) -> Iterator[Effect]:
        if child.state is not ChildState.STOPPING:
            child.state = ChildState.STOPPING
            child.due = now + child.spec.shutdown_s
            yield Stop(child.id)

    def _give_up_start(self, child: Child, now: float) -> list[Effect]:
        why = f"its start was not through within {child.spec.start_s:g} s"
        return [Abandon(child.id, why), *self._end(child, Hung(f"{child.id}: {why}"), now)]

    def _end(self, child: Child, reason: BaseException | None, now: float) -> Iterator[Effect]:
        asked = child.state is ChildState.STOPPING
        child.reason = reason
        yield Ended(child.id, child.generation, reason, asked)
        if isinstance(reason, TooManyOrphans):
            self._was_stopped(child, now)
            yield from self.close(now, reason)
        elif asked or self._closing or child.id in self._to_stop:
            self._was_stopped(child, now)
        elif self._is_failed_start(child, reason):
            yield from self._fail_start(child, reason, now)
        else:
            yield from self._judge(child, reason, now)

    def _was_stopped(self, child: Child, now: float) -> None:
        if child.unwanted:
            del self._children[child.id]
        elif self._closing or child.spec.restart is RestartType.TEMPORARY:
            self._rest(child)
        else:
            self._wait(child, now)

    def _is_failed_start(self, child: Child, reason: BaseException | None) -> bool:
        """Whether it failed to come up at all, when that is not to be tried again."""
        failed = reason is not None or child.spec.restart is RestartType.PERMANENT
        first = not child.was_up and (child.added or not self._acknowledged)
        return failed and first and not isinstance(reason, child.spec.expected)

    def _fail_start(self, child: Child, reason: BaseException | None, now: float) -> Iterator[Effect]:
        if child.added:  # whoever asked for it is told; the others have done nothing wrong
            self._leave_sequence(child.id)
            del self._children[child.id]
            return
        self._rest(child)
        yield from self.close(now, StartFailed(f"{child.id} did not start: {describe(reason)}"))

    def _rest(self, child: Child) -> None:
        """It will not come back by itself; what was added as temporary leaves no trace, as in OTP."""
        child.state = ChildState.DOWN
        self._leave_sequence(child.id)
        if child.added and child.is_over:
            del self._children[child.id]

    def _wait(self, child: Child, due: float) -> None:
        child.state, child.due = ChildState.WAITING, due
        child.restarts += 1

    def _judge(self, child: Child, reason: BaseException | None, now: float) -> Iterator[Effect]:
        decision = decide(
            child.spec,
            reason,
            uptime_s=0.0 if child.up_since is None else now - child.up_since,
            restarts=child.recent_restarts,
            window=self.window,
            now=now,
            random=self._random,
        )
        match decision:
            case Forget():
                self._rest(child)
                yield from self._after_work(child, now)
            case GiveUp(window):
                self._rest(child)
                self.window = window
                yield from self.close(now, self._gave_up(child, reason))
            case Restart(delay_s, restarts, window):
                self.window, child.recent_restarts = window, restarts
                self._wait(child, now + delay_s)
                yield Restarting(child.id, delay_s)
                self._restart(child, now)

    def _gave_up(self, child: Child, reason: BaseException | None) -> GaveUp:
        count, period_s = len(self.window.seen), self.window.period_s
        return GaveUp(
            f"{count} failures within {period_s:g} s, more than the {self.window.failures} allowed,"
            f" the last of {child.id}: {describe(reason)}"
        )

    def _restart(self, failed: Child, now: float) -> None:
        """Let the strategy say who else goes down and comes up again."""
        if self.strategy is Strategy.ONE_FOR_ONE:
            self._leave_sequence(failed.id)
            return
        order = list(self._children)
        first = 0 if self.strategy is Strategy.ONE_FOR_ALL else order.index(failed.id)
        concerned = [name for name in order[first:] if self._takes_part(self._children[name])]
        self._to_stop = [name for name in concerned if self._children[name].alive]
        for child in map(self._children.__getitem__, concerned):
            if child.state is ChildState.DOWN:  # a job that was done has to be done again, on new ground
                self._wait(child, now)
        coming = {*self._sequence, *(name for name in concerned if not self._is_temporary(name))}
        self._sequence = [name for name in order if name in coming]

    def _takes_part(self, child: Child) -> bool:
        return not child.is_over and not child.unwanted

    def _is_temporary(self, name: str) -> bool:
        child = self._children[name]
        return child.spec.restart is RestartType.TEMPORARY and child.state is not ChildState.UNSTARTED

    def _after_work(self, child: Child, now: float) -> Iterator[Effect]:
        """Stop the supervisor when its significant children are through."""
        if not child.spec.significant:
            return
        others = [other for other in self.children if other.spec.significant and other.state is not ChildState.DOWN]
        if self._auto_shutdown is AutoShutdown.ANY_SIGNIFICANT or not others:
            yield from self.close(now)

    def _leave_sequence(self, name: str) -> None:
        if name in self._sequence:
            self._sequence.remove(name)

    def _current(self, name: str, generation: int, *states: ChildState) -> Child | None:
        child = self._children.get(name)
        fits = child is not None and child.generation == generation and child.state in states
        return child if fits else None

"""Pure supervisor state machine: events and the current time in, effects out. No threads, clocks or actors.

Children start one after the other, each when the one before is up. A child whose first start fails for an expected
reason is skipped and restarted by its backoff; any other failure of a first start ends the supervisor. The strategy
determines which children a later failure affects, the intensity whether the supervisor gives up. A child that ends
while it is being stopped, with its group or its supervisor, does not count as failed. The failure of an effect is an
event too: a failed launch is the child's end, a child that cannot be stopped is abandoned, and any other failure stops
the supervisor.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from random import Random

from timmy_actors.errors import GaveUpError, HungError, SpecError, StartFailedError, TooManyAbandonedError
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
from timmy_actors.supervision.formatting import describe
from timmy_actors.supervision.restart import GiveUp, Intensity, NoRestart, Restart, decide
from timmy_actors.supervision.roster import ALIVE, Child, ChildState, Numbering, Roster
from timmy_actors.supervision.spec import AutoShutdown, ChildSpec, RestartType, Strategy, check_child, check_children


class SupervisorState:
    """The state of one supervisor and its children.

    Event methods take the monotonic time and return the effects to execute, in order.
    """

    def __init__(
        self,
        children: Sequence[ChildSpec],
        *,
        strategy: Strategy = Strategy.ONE_FOR_ONE,
        intensity: Intensity | None = None,
        auto_shutdown: AutoShutdown = AutoShutdown.NEVER,
        max_children: int | None = None,
        random: Random | None = None,
        numbering: Numbering = lambda _name, last: last + 1,
    ) -> None:
        check_children(children, strategy, auto_shutdown)
        self.strategy = strategy
        self.window = (intensity or Intensity()).window()
        self._auto_shutdown = auto_shutdown
        self._max_children = math.inf if max_children is None else max_children
        self._random = random or Random()  # noqa: S311  jitter, not a secret
        self._numbering = numbering
        self.roster = Roster(children)
        self._to_stop: dict[str, None] = {}
        """Children to stop one after the other, the last first, before the sequence continues."""
        self._to_close: list[str] = []
        """Children to stop before the end, the last first."""
        self._acknowledged = False
        self._closing = False
        self._exit_reason: BaseException | None = None
        self.exited = False

    @property
    def children(self) -> tuple[Child, ...]:
        """All children in start order."""
        return tuple(self.roster)

    def child(self, name: str) -> Child | None:
        """The child with this name, or None."""
        return self.roster.get(name)

    # Events.

    def begin(self, now: float) -> list[Effect]:
        """Start the children."""
        return list(self._continue(now))

    def started(self, name: str, generation: int, now: float) -> list[Effect]:
        """A child acknowledged its start."""
        child = self._current(name, generation, ChildState.STARTING)
        if child is None:
            return []
        self.roster.move(child, ChildState.UP)
        child.up_since, child.was_up = now, True
        if self._closing:
            return []
        self.roster.leave_sequence(name)
        return [Started(name, generation), *self._continue(now)]

    def ended(
        self, name: str, generation: int, reason: BaseException | None, now: float, words: str | None = None
    ) -> list[Effect]:
        """A child's incarnation has ended; `words` is the reason as text, if already formatted."""
        child = self._current(name, generation, *ALIVE)
        if child is None:
            return []
        return [*self._end(child, reason, describe(reason) if words is None else words, now), *self._continue(now)]

    def hung(self, name: str, generation: int, now: float) -> list[Effect]:
        """A child's loop does not run."""
        child = self._current(name, generation, ChildState.UP)
        if child is None:
            return []
        why = f"its loop has not run for {child.spec.hung_after_s:g} s"
        return [*self._abandon(child, why, f"{name} hung: {why}", now), *self._continue(now)]

    def failed(self, effect: Effect, error: BaseException, now: float) -> list[Effect]:
        """An effect failed."""
        match effect:
            case Launch(name, generation):
                return self.ended(name, generation, error, now)
            case Stop(name):
                return self._fail_stop(name, error, now)
        return self.close(now, error)

    def tick(self, now: float) -> list[Effect]:
        """Time has passed."""
        effects: list[Effect] = []
        for child in self.roster.overdue(now):
            effects += self._time_out(child, now)
        return [*effects, *self._continue(now)]

    def add(self, spec: ChildSpec, now: float) -> list[Effect]:
        """Start another child.

        Raises:
            SpecError: the name is taken, there are too many children, or the supervisor is stopping.
        """
        before = self._replaced(spec)
        generation = before.generation if before is not None else 0
        if before is not None:
            self.roster.drop(before)
        self.roster.add(Child(spec, generation=generation, added=True))
        return list(self._continue(now))

    def _replaced(self, spec: ChildSpec) -> Child | None:
        """Check that a child can be added. Returns the ended temporary child with its name, if any.

        Raises:
            SpecError: see `add`.
        """
        check_child(spec, (), self.strategy, self._auto_shutdown)
        if self._closing:
            raise SpecError(f"child {spec.id!r}: the supervisor is stopping: it accepts no more children")
        before = self.roster.get(spec.id)
        if before is not None and before.is_over:
            return before
        check_child(spec, self.roster, self.strategy, self._auto_shutdown)
        if len(self.roster) >= self._max_children:
            raise SpecError(
                f"child {spec.id!r}: max_children: this supervisor has {len(self.roster)} children: stop one first"
            )
        return None

    def remove(self, name: str, now: float) -> list[Effect]:
        """Stop a child and remove it.

        Raises:
            SpecError: there is no child with this name.
        """
        child = self.roster.get(name)
        if child is None:
            raise SpecError(f"child {name!r}: this supervisor has no such child")
        self.roster.renounce(child)
        self.roster.leave_sequence(name)
        if not child.alive:
            self.roster.drop(child)
            return list(self._continue(now))
        if self._closing:
            return []  # `close` stops it in order
        return [*self._stop(child, now), *self._continue(now)]

    def restart(self, name: str, now: float) -> list[Effect]:
        """Stop a child and start it again, without counting a failure or waiting for its backoff.

        Raises:
            SpecError: there is no child with this name, it is being removed, or the supervisor is stopping.
        """
        child = self.roster.get(name)
        if child is None:
            raise SpecError(f"child {name!r}: this supervisor has no such child")
        if self._closing or child.unwanted:
            raise SpecError(f"child {name!r}: it is being stopped for good: it cannot be restarted")
        if child.spec.restart is RestartType.TEMPORARY:
            raise SpecError(f"child {name!r}: restart: it is temporary, and never restarted: start it with StartChild")
        if child.alive:
            return [*self._stop(child, now), *self._continue(now)]
        self.roster.move(child, ChildState.WAITING, now)
        return list(self._continue(now))

    def close(self, now: float, reason: BaseException | None = None) -> list[Effect]:
        """Stop every child, the last started first, then end."""
        if self._closing:
            if isinstance(reason, TooManyAbandonedError):
                self._exit_reason = reason  # it must reach the root, even if this supervisor ends for another reason
            return []
        self._closing, self._exit_reason = True, reason
        self.roster.set_sequence(())
        self._to_stop.clear()
        self._to_close = [child.id for child in self.roster if child.alive]
        for child in self.roster:
            if not child.alive:
                self.roster.move(child, ChildState.DOWN)
        return list(self._continue(now))

    def due(self) -> float | None:
        """When `tick` must be called next, or None."""
        due = self.roster.next_limit
        first = self.roster.first
        if first is not None and not self._blocked(first):
            due = min(due, self._sequence_due(first))
        return due if math.isfinite(due) else None

    # Consequences.

    def _continue(self, now: float) -> Iterator[Effect]:
        if self.exited:
            return
        if self._closing:
            yield from self._close_next(now)
            return
        for child in self.roster.due_alone(now):
            yield self._launch(child, now)
        yield from self._stop_next(now)
        if (first := self.roster.first) is not None:
            yield from self._start_next(first, now)
        elif not self._acknowledged:
            self._acknowledged = True
            yield Acknowledge()

    def _close_next(self, now: float) -> Iterator[Effect]:
        if not self.roster.alive:
            self.exited = True
            yield Exit(self._exit_reason)
        elif not self.roster.stopping:
            for child in self._next_to_close():
                yield from self._stop(child, now)

    def _next_to_close(self) -> list[Child]:
        """The last running child, or all independent added children at the end at once."""
        batch: list[Child] = []
        while self._to_close:
            child = self.roster.get(self._to_close[-1])
            if child is not None and child.alive:
                if batch and not self._is_independent(child):
                    break
                batch.append(child)
            self._to_close.pop()
            if batch and not self._is_independent(batch[-1]):
                break
        return batch

    def _is_independent(self, child: Child) -> bool:
        return child.added and self.strategy is Strategy.ONE_FOR_ONE

    def _stop_next(self, now: float) -> Iterator[Effect]:
        while self._to_stop and not self.roster.stopping_to_return:
            name, _ = self._to_stop.popitem()
            child = self.roster.get(name)
            if child is not None and child.state in (ChildState.STARTING, ChildState.UP):
                yield from self._stop(child, now)

    def _start_next(self, first: Child, now: float) -> Iterator[Effect]:
        if self._blocked(first):
            return
        self.roster.end_backoffs(now)
        if self._sequence_due(first) <= now:
            yield self._launch(first, now)

    def _blocked(self, first: Child) -> bool:
        return bool(self._to_stop) or self.roster.stopping_to_return > 0 or first.state is ChildState.STARTING

    def _sequence_due(self, first: Child) -> float:
        """When the first of the sequence may start: after its own backoff, with ONE_FOR_ALL after those of all."""
        if self.strategy is Strategy.ONE_FOR_ALL:
            due = self.roster.next_in_turn
            return due if math.isfinite(due) else -math.inf
        return first.due if first.state is ChildState.WAITING else -math.inf

    def _launch(self, child: Child, now: float) -> Launch:
        child.launched_at, child.up_since = now, None
        child.generation = self._numbering(child.id, child.generation)
        self.roster.move(child, ChildState.STARTING, child.start_by)
        return Launch(child.id, child.generation)

    def _stop(self, child: Child, now: float) -> Iterator[Effect]:
        if child.state is not ChildState.STOPPING:
            self.roster.move(child, ChildState.STOPPING, now + child.spec.shutdown_s)
            yield Stop(child.id)

    def _time_out(self, child: Child, now: float) -> list[Effect]:
        if child.state is ChildState.STARTING:
            why = f"it did not start within {child.spec.start_s:g} s"
        else:
            why = f"it did not stop within {child.spec.shutdown_s:g} s"
        return self._abandon(child, why, f"{child.id}: {why}", now)

    def _fail_stop(self, name: str, error: BaseException, now: float) -> list[Effect]:
        child = self.roster.get(name)
        if child is None or child.state is not ChildState.STOPPING:
            return []
        why = f"it could not be asked to stop: {describe(error)}"
        return [*self._abandon(child, why, f"{name}: {why}", now), *self._continue(now)]

    def _abandon(self, child: Child, why: str, words: str, now: float) -> list[Effect]:
        return [Abandon(child.id, why), *self._end(child, HungError(words), words, now)]

    def _end(self, child: Child, reason: BaseException | None, words: str, now: float) -> Iterator[Effect]:
        asked = child.state is ChildState.STOPPING
        child.words = words
        yield Ended(child.id, child.generation, reason, words, asked)
        if isinstance(reason, TooManyAbandonedError):
            self._was_stopped(child, now)
            yield from self.close(now, reason)
        elif asked or self._closing or child.id in self._to_stop:
            self._was_stopped(child, now)
        elif self._is_failed_start(child, reason):
            yield from self._fail_start(child, now)
        else:
            yield from self._judge(child, reason, now)

    def _was_stopped(self, child: Child, now: float) -> None:
        if child.unwanted:
            self.roster.drop(child)
        elif self._closing or child.spec.restart is RestartType.TEMPORARY:
            self._rest(child)
        else:
            self._wait(child, now)

    def _is_failed_start(self, child: Child, reason: BaseException | None) -> bool:
        """Whether a child has failed to start and must not be restarted."""
        if child.was_up or (reason is None and child.spec.restart is not RestartType.PERMANENT):
            return False
        return child.added or (not self._acknowledged and not child.spec.expects(reason))

    def _fail_start(self, child: Child, now: float) -> Iterator[Effect]:
        if child.added:  # the requester receives the reason; the other children continue
            self.roster.drop(child)
            return
        self._rest(child)
        yield from self.close(now, StartFailedError(f"{child.id} did not start: {child.words}"))

    def _rest(self, child: Child) -> None:
        """Mark a child as down; an added temporary child is removed, as in OTP."""
        self.roster.move(child, ChildState.DOWN)
        self.roster.leave_sequence(child.id)
        if child.added and child.is_over:
            self.roster.drop(child)

    def _wait(self, child: Child, due: float) -> None:
        self.roster.move(child, ChildState.WAITING, due)
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
            case NoRestart():
                self._rest(child)
                yield from self._check_shutdown(child, now)
            case GiveUp():
                self._rest(child)
                yield from self.close(now, self._gave_up(child))
            case Restart(delay_s, restarts):
                child.recent_restarts = restarts
                self._wait(child, now + delay_s)
                yield Restarting(child.id, delay_s)
                self._restart(child, now)

    def _gave_up(self, child: Child) -> GaveUpError:
        allowed = self.window.intensity
        return GaveUpError(
            f"{self.window.count} failures within {allowed.period_s:g} s, more than the {allowed.failures} allowed,"
            f" the last of {child.id}: {child.words}"
        )

    def _restart(self, failed: Child, now: float) -> None:
        """Restart the siblings that the strategy includes."""
        if self.strategy is Strategy.ONE_FOR_ONE:
            self.roster.leave_sequence(failed.id)
            return
        order = self.roster.names
        first = 0 if self.strategy is Strategy.ONE_FOR_ALL else order.index(failed.id)
        affected = [child for child in list(self.roster)[first:] if not child.is_over and not child.unwanted]
        self._to_stop = {child.id: None for child in affected if child.alive}
        for child in affected:
            if child.state is ChildState.DOWN:  # a finished child must run again after the restart of its group
                self._wait(child, now)
        starting = self.roster.sequence | {child.id for child in affected if not child.is_done_once}
        self.roster.set_sequence(name for name in order if name in starting)

    def _check_shutdown(self, child: Child, now: float) -> Iterator[Effect]:
        """Stop the supervisor if its significant children have finished."""
        if not child.spec.significant:
            return
        if self._auto_shutdown is AutoShutdown.ANY_SIGNIFICANT or not self.roster.significant_left:
            yield from self.close(now)

    def _current(self, name: str, generation: int, *states: ChildState) -> Child | None:
        child = self.roster.get(name)
        matches = child is not None and child.generation == generation and child.state in states
        return child if matches else None

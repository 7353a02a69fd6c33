"""The supervisor: an actor that carries out what its plan decides. It never waits, so it always answers."""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pykka

from timmy_actors.errors import ActorGone, Failure, Fenced, GaveUp, Hung, SpecError, StartFailed, TooManyOrphans
from timmy_actors.supervision.actor import DEFERRED, Actor, Lifecycle
from timmy_actors.supervision.child import Child, ChildState
from timmy_actors.supervision.control import (
    ChildCount,
    ChildInfo,
    CountChildren,
    Ping,
    StartChild,
    StopChild,
    WhichChildren,
)
from timmy_actors.supervision.directory import Directory, Entry
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
from timmy_actors.supervision.events import EventKind, SupervisionEvent
from timmy_actors.supervision.intensity import Intensity
from timmy_actors.supervision.mailbox import Letter
from timmy_actors.supervision.plan import Plan
from timmy_actors.supervision.reply import Reply
from timmy_actors.supervision.reports import Beat, ChildDown, ChildStarted, Report, Tick
from timmy_actors.supervision.spec import AutoShutdown, ChildSpec, Strategy
from timmy_actors.supervision.stacks import stack_of
from timmy_actors.supervision.words import describe

log = logging.getLogger(__name__)

BEATS_PER_PATIENCE = 4
"""How often a child is looked at within the time after which it counts as hung."""


class Supervisor(Actor):
    """Starts, restarts and stops its children by OTP's rules; see `docs/supervision.md`.

    Raises:
        SpecError: the children cannot live together.
    """

    def __init__(
        self,
        children: Sequence[ChildSpec],
        directory: Directory,
        *,
        strategy: Strategy = Strategy.ONE_FOR_ONE,
        intensity: Intensity | None = None,
        auto_shutdown: AutoShutdown = AutoShutdown.NEVER,
        random: Random | None = None,
    ) -> None:
        super().__init__()
        self._directory = directory
        self.mailbox.clock = directory.clock
        self._plan = Plan(children, strategy=strategy, intensity=intensity, auto_shutdown=auto_shutdown, random=random)
        self._actors: dict[str, Actor] = {}
        self._starting: dict[str, list[Reply]] = {}
        """Who is to be told when a child is up, or will not be."""
        self._stopping: dict[str, list[Reply]] = {}
        """Who is to be told when a child is gone."""
        self._logged: dict[str, str] = {}
        self._failed = False

    def on_start(self) -> None:
        """Start the first child; each one's acknowledgement starts the next."""
        for child in self._plan.children:
            self._count_on(child)
        self._carry_out(self._plan.begin(self._now()))
        self._schedule_beat()

    def acknowledge_start(self) -> None:
        """Not yet: the plan says when every child was started."""

    def may_stop(self) -> bool:
        """Not before the children are down."""
        self._carry_out(self._plan.close(self._now()))
        return False

    def on_receive(self, message: Any) -> Any:
        """Follow the children's lives, and answer questions about them."""
        match message:
            case ChildStarted(child, _, life) | ChildDown(child, _, life) if not self._is_current(child, life):
                log.debug("%s: the word of an incarnation that was given up", child)
            case ChildStarted(child, generation):
                self._carry_out(self._plan.started(child, generation, self._now()))
            case ChildDown(child, generation, _, reason):
                self._carry_out(self._plan.ended(child, generation, reason, self._now()))
            case Tick():
                self._carry_out(self._plan.tick(self._now()))
            case Beat():
                self._look_for_hung()
            case StartChild(spec):
                return self._start_child(spec)
            case StopChild(name):
                return self._stop_child(name)
            case WhichChildren():
                return tuple(_info(child, self._actors.get(child.id)) for child in self._plan.children)
            case CountChildren():
                return self._count()
        return None

    def on_failure(self, *_: object) -> None:
        """Leave no child behind, whatever ended this supervisor."""
        if not self.fenced:
            self._abandon_children()
            self._answer_waiting()

    def fence(self) -> None:
        """Abandon it with all its children, from another thread: nobody would look after them."""
        super().fence()
        self._abandon_children()
        self._answer_waiting()

    def state(self) -> dict[str, Any]:
        """Its children, as `WhichChildren` tells them."""
        return {"strategy": self._plan.strategy.value, "children": self.on_receive(WhichChildren())}

    def _turn(self, letter: Letter) -> None:
        # A bug of its own, or a fault injected: it ends as ever, after its children, so that none meets its successor.
        try:
            super()._turn(letter)
        except Fenced:
            raise
        except BaseException as failure:
            if self._plan.exited or self._failed:
                raise
            self._failed, self.current, self.busy_since = True, None, None
            self._carry_out(self._plan.close(self._now(), failure))

    def _is_current(self, child: str, life: Lifecycle) -> bool:
        actor = self._actors.get(child)
        return actor is not None and actor.lifecycle is life

    def _now(self) -> float:
        return self._directory.clock.now()

    def _carry_out(self, effects: Iterable[Effect]) -> None:
        todo = deque(effects)
        while todo:
            effect = todo.popleft()
            todo.extend(self._launch(effect) if isinstance(effect, Launch) else self._do(effect))
        due = self._plan.due()
        if due is not None:
            self.mailbox.schedule("plan", max(0.0, due - self._now()), Tick())

    def _do(self, effect: Effect) -> Iterable[Effect]:
        match effect:
            case Stop(name):
                self._write(name, state=ChildState.STOPPING)
                if name in self._actors:
                    self._actors[name].stop()
            case Abandon(name, why):
                return self._abandon(name, why)
            case Started(name, generation):
                self._write(name, state=ChildState.UP)
                self._say("started", name, generation, "")
                _answer(self._starting.pop(name, []), generation)
            case Ended():
                self._on_ended(effect)
            case Restarting(name, delay_s):
                self._say("restarting", name, self._generation(name), f"in {delay_s:.3g} s")
            case Acknowledge():
                self.lifecycle.started()
            case Exit(reason):
                self._exit(reason)
        return ()

    def _launch(self, launch: Launch) -> Iterable[Effect]:
        name, generation = launch.child, launch.generation
        child = self._plan.child(name)
        if child is None or child.generation != generation or not child.alive:
            return ()
        try:
            actor = child.spec.factory()
            self._prepare(actor, name, generation)
            self._write(name, state=ChildState.STARTING, generation=generation, ref=actor.actor_ref)
            self._actors[name] = actor
            actor.launch()
        except Fenced:
            raise
        except BaseException as error:  # noqa: BLE001  whatever it was, it is the child's failure, not the supervisor's
            return self._plan.ended(name, generation, error, self._now())
        if self.fenced:  # meanwhile: who fenced it may not have seen this child
            actor.fence()
        return ()

    def _count_on(self, child: Child) -> None:
        """Let the generations of a name go on where an earlier incarnation of this supervisor left off."""
        entry = self._directory.entries.get(child.id)
        if entry is not None:
            child.generation = entry.generation

    def _prepare(self, actor: Actor, name: str, generation: int) -> None:
        actor.name = name
        actor.lifecycle = Report(self.actor_ref, name, generation)
        actor.mailbox.clock = self._directory.clock
        actor.mailbox.dead_letters = self._directory.dead_letters

    def _abandon(self, name: str, why: str) -> Iterable[Effect]:
        actor = self._actors[name]
        log.error("%s is abandoned: %s; it is stuck in\n%s", name, why, stack_of(actor.thread))
        self._say("hung", name, self._generation(name), why)
        actor.fence()
        orphans = self._directory.orphans
        if actor.thread is not None and actor.thread.is_alive():
            orphans.add(actor.thread)
        if not orphans.too_many:
            return ()
        reason = TooManyOrphans(f"{orphans.alive} hung actors were left behind, the last of them {name}: {why}")
        return self._plan.close(self._now(), reason)

    def _abandon_children(self) -> None:
        reason = Hung(f"its supervisor {self.name} was abandoned, or failed while it stopped its children")
        for name, actor in reversed(list(self._actors.items())):
            if actor.busy_since is not None and actor.thread is not None and actor.thread.is_alive():
                self._directory.orphans.add(actor.thread)  # one that waits meets its fence and ends at once
            actor.fence()
            self._write(name, state=ChildState.DOWN, reason=reason, last_reason=describe(reason), ref=None)
            self._say("down", name, self._generation(name), describe(reason))

    def _on_ended(self, ended: Ended) -> None:
        # The plan may have decided more since: this writes what this effect says, the effects after it the rest.
        child = self._plan.child(ended.child)
        self._actors.pop(ended.child, None)
        rests = child is None or child.state is ChildState.DOWN
        self._write(
            ended.child,
            state=ChildState.DOWN if rests else ChildState.WAITING,
            generation=ended.generation,
            restarts=child.restarts if child is not None else 0,
            reason=ended.reason,
            last_reason=describe(ended.reason),
            ref=None,
        )
        self._say("down", ended.child, ended.generation, describe(ended.reason))
        self._log_end(ended, child)
        if rests:
            _answer(self._starting.pop(ended.child, []), StartFailed(f"{ended.child} ended: {describe(ended.reason)}"))
        if child is None:
            self._forget(ended.child, ended.generation)

    def _forget(self, name: str, generation: int) -> None:
        self._directory.forget(name)
        self._logged.pop(name, None)
        _answer(self._stopping.pop(name, []), generation)
        _answer(self._starting.pop(name, []), StartFailed(f"{name} was stopped before it had started"))

    def _log_end(self, ended: Ended, child: Child | None) -> None:
        reason = ended.reason
        if reason is None or (child is not None and isinstance(reason, child.spec.expected)):
            return
        how = "failed while it stopped" if ended.asked else "ended"
        words = f"{ended.child} {how}: {describe(reason)}"
        if words == self._logged.get(ended.child):
            log.debug("%s, again", words)  # a failure that repeats is said once; how often stands in the directory
            return
        self._logged[ended.child] = words
        log.warning(words, exc_info=None if isinstance(reason, Failure) else reason)

    def _exit(self, reason: BaseException | None) -> None:
        for child in self._plan.children:
            if child.generation:
                self._write(child.id, state=ChildState.DOWN, ref=None)
        self._answer_waiting()
        if reason is None:
            self.leave()
            return
        if isinstance(reason, GaveUp):
            reason = GaveUp(f"{self.name} gave up: {reason}")
        self._say("gave up", self.name, 0, describe(reason))
        raise reason

    def _answer_waiting(self) -> None:
        for replies in [*self._starting.values(), *self._stopping.values()]:
            _answer(replies, ActorGone(f"{self.name} ended before it was done"))

    def _look_for_hung(self) -> None:
        now = self._now()
        for child in self._plan.children:
            actor = self._actors.get(child.id)
            if child.state is ChildState.UP and child.spec.hung_after_s is not None and actor is not None:
                self._look_at(child, actor, now)
        self._schedule_beat()

    def _look_at(self, child: Child, actor: Actor, now: float) -> None:
        mailbox, patience = actor.mailbox, child.spec.hung_after_s
        if mailbox.pinged_at is None:
            mailbox.pinged_at = now
            with contextlib.suppress(pykka.ActorDeadError):  # it has just ended, and its word is on the way
                actor.actor_ref.tell(Ping())
        elif patience is not None and now - mailbox.pinged_at >= patience:
            self._carry_out(self._plan.hung(child.id, child.generation, now))

    def _schedule_beat(self) -> None:
        patience = [child.spec.hung_after_s for child in self._plan.children if child.spec.hung_after_s is not None]
        if patience:
            self.mailbox.schedule("beat", min(patience) / BEATS_PER_PATIENCE, Beat())

    def _start_child(self, spec: ChildSpec) -> object:
        try:
            effects = self._plan.add(spec, self._now())
        except SpecError as refusal:
            return self._decline(refusal)
        self._starting.setdefault(spec.id, []).append(self.take_reply())
        self._carry_out(effects)
        self._schedule_beat()
        return DEFERRED

    def _stop_child(self, name: str) -> object:
        generation = self._generation(name)
        try:
            effects = self._plan.remove(name, self._now())
        except SpecError as refusal:
            return self._decline(refusal)
        self._stopping.setdefault(name, []).append(self.take_reply())
        if self._plan.child(name) is None:  # it was not running
            self._forget(name, generation)
        self._carry_out(effects)
        return DEFERRED

    def _decline(self, refusal: SpecError) -> object:
        """Tell who asked, and go on: a wrong request is no failure of the supervisor."""
        self.take_reply().fail(refusal)
        return DEFERRED

    def _count(self) -> ChildCount:
        children = self._plan.children
        supervisors = sum(isinstance(self._actors.get(child.id), Supervisor) for child in children)
        active = sum(child.alive for child in children)
        return ChildCount(len(children), active, supervisors, len(children) - supervisors)

    def _generation(self, name: str) -> int:
        child = self._plan.child(name)
        return child.generation if child is not None else 0

    def _say(self, kind: EventKind, name: str, generation: int, detail: str) -> None:
        self._directory.events.publish(SupervisionEvent(kind, name, generation, detail, self._now()))

    def _write(self, name: str, **changes: Any) -> None:
        entry = self._directory.entries.get(name) or Entry(name)
        self._directory.write(replace(entry, parent=self.name, **changes))


def _answer(replies: list[Reply], outcome: int | Exception) -> None:
    for reply in replies:
        if isinstance(outcome, Exception):
            reply.fail(outcome)
        else:
            reply.set(outcome)


def _info(child: Child, actor: Actor | None) -> ChildInfo:
    is_supervisor = isinstance(actor, Supervisor)
    return ChildInfo(child.id, child.state.value, child.generation, child.restarts, is_supervisor, child.reason)

"""The supervisor: an actor that carries out what its plan decides. It never waits, so it always answers."""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from timmy_actors.errors import (
    ActorGoneError,
    FencedError,
    GaveUpError,
    HungError,
    SpecError,
    StartFailedError,
    TooManyAbandonedError,
)
from timmy_actors.supervision.actor import DEFERRED, Actor, request_stop
from timmy_actors.supervision.admission import check_settings, fresh_actor
from timmy_actors.supervision.checks import member, require
from timmy_actors.supervision.context import enter
from timmy_actors.supervision.control import ChildCount, ChildInfo, CountChildren, StartChild, StopChild, WhichChildren
from timmy_actors.supervision.directory import Directory, Names
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
from timmy_actors.supervision.log_relay import RELAY, FailureLog
from timmy_actors.supervision.messages import Beat, ChildDown, ChildStarted, Report, Tick
from timmy_actors.supervision.protocols import Letter
from timmy_actors.supervision.reply import Reply, answer_all
from timmy_actors.supervision.restart import Intensity
from timmy_actors.supervision.roster import Child, ChildState
from timmy_actors.supervision.spec import AutoShutdown, ChildSpec, Strategy
from timmy_actors.supervision.state_machine import SupervisorState
from timmy_actors.supervision.watchdog import Watchdog, stack_of

log = logging.getLogger(__name__)


class Supervisor(Actor):
    """Starts, restarts and stops its children by OTP's rules; see `docs/supervision.md`.

    Strategies and the like are given as members of their enumerations or by their values (`"one_for_all"`).
    `max_children` bounds how many children it has at a time, waiting ones included; None does not.

    Raises:
        SpecError: a setting is wrong, or the children cannot live together.
    """

    def __init__(
        self,
        children: Sequence[ChildSpec],
        directory: Directory,
        *,
        strategy: Strategy | str = Strategy.ONE_FOR_ONE,
        intensity: Intensity | None = None,
        auto_shutdown: AutoShutdown | str = AutoShutdown.NEVER,
        max_children: int | None = None,
        random: Random | None = None,
    ) -> None:
        super().__init__()
        check_settings(children, directory, intensity, max_children, random)
        self._directory = directory
        self.mailbox.clock = directory.clock
        self._plan = SupervisorState(
            children,
            strategy=member(Strategy, strategy, "supervisor: strategy"),
            intensity=intensity,
            auto_shutdown=member(AutoShutdown, auto_shutdown, "supervisor: auto_shutdown"),
            max_children=max_children,
            random=random,
            numbering=directory.next_generation,
        )
        self._names = Names(directory)
        self._actors: dict[str, Actor] = {}
        self._reports: dict[str, Report] = {}
        """The lifecycles of these actors, as they were given to them."""
        self._watchdog = Watchdog()
        self._starting: dict[str, list[Reply]] = {}
        """Who is to be told when a child is up, or will not be."""
        self._stopping: dict[str, list[Reply]] = {}
        """Who is to be told when a child is gone."""
        self._failures: dict[str, FailureLog] = {}
        self._failed = False
        self._next_tick = math.inf  # early at times, never late

    # Its life.

    def on_start(self) -> None:
        """Start the first child; each one's acknowledgement starts the next."""
        self._watchdog.consider(child.spec for child in self._plan.children)
        self._carry_out(self._plan.begin(self._now()))
        self._schedule_beat()

    def launch(self) -> Any:
        """Start its thread; the children come up one after the other. A `Root` waits for that."""
        self._names.parent = self.actor_name
        return super().launch()

    def actor_acknowledge_start(self) -> None:
        """Not yet: the plan says when every child was started."""

    def actor_may_stop(self) -> bool:
        """Not before the children are down."""
        self._carry_out(self._plan.close(self._now()))
        return False

    def on_receive(self, message: Any) -> Any:
        """Follow the children's lives, and answer questions about them.

        Raises:
            SpecError: what was asked is nothing that a supervisor answers.
        """
        match message:
            case ChildStarted() | ChildDown():
                self._follow(message)
            case Tick():
                self._next_tick = math.inf
                self._carry_out(self._plan.tick(self._now()))
            case Beat():
                self._look_for_hung()
            case _:
                return self._request(message)
        return None

    def on_failure(self, *_: object) -> None:
        """Leave no child behind, whatever ended this supervisor."""
        if not self.actor_fenced:
            self._abandon_children()
            self._answer_waiting()

    def actor_fence(self) -> None:
        """Abandon it with all its children, from another thread: nobody would look after them."""
        super().actor_fence()
        self._names.revoke()
        self._abandon_children()
        self._answer_waiting()

    def actor_state(self) -> dict[str, Any]:
        """Its children, as `WhichChildren` tells them."""
        return {"strategy": self._plan.strategy.value, "children": self._which()}

    def _actor_enter(self) -> None:
        enter(self, self._directory.observers.call)

    def _actor_turn(self, letter: Letter) -> None:
        # A bug of its own, or a fault injected: it ends as ever, after its children, so that none meets its successor.
        try:
            super()._actor_turn(letter)
        except FencedError:
            raise
        except BaseException as failure:
            if self._plan.exited or self._failed:
                raise
            self._failed, self.actor_current, self.actor_busy_since = True, None, None
            self._carry_out(self._plan.close(self._now(), failure))

    def _follow(self, news: ChildStarted | ChildDown) -> None:
        if self._reports.get(news.child) is not news.life:
            RELAY.say(log, logging.DEBUG, f"{news.child}: the word of an incarnation that was given up")
        elif isinstance(news, ChildStarted):
            self._carry_out(self._plan.started(news.child, news.generation, self._now()))
        else:
            self._carry_out(self._plan.ended(news.child, news.generation, news.reason, self._now(), news.words))

    def _now(self) -> float:
        return self._directory.clock.now()

    # Effects.

    def _carry_out(self, effects: Iterable[Effect]) -> None:
        todo = deque(effects)
        while todo:
            todo.extend(self._attempt(todo.popleft()))
        due = self._plan.due()
        if due is not None and due < self._next_tick:
            self._next_tick = due
            self.mailbox.schedule("plan", max(0.0, due - self._now()), Tick())

    def _attempt(self, effect: Effect) -> Iterable[Effect]:
        """Carry out one effect. What goes wrong in it is told to the plan, and touches no other effect."""
        if isinstance(effect, Exit):
            self._exit(effect.reason)
            return ()
        try:
            return self._launch(effect) if isinstance(effect, Launch) else self._do(effect)
        except FencedError:
            raise
        except BaseException as error:  # noqa: BLE001  whatever it was, the plan knows whose failure it is
            return self._on_failed_effect(effect, error)

    def _on_failed_effect(self, effect: Effect, error: BaseException) -> Iterable[Effect]:
        if not isinstance(effect, Launch):
            words = f"{self.actor_name}: {type(effect).__name__} failed: {describe(error)}"
            RELAY.say(log, logging.ERROR, words, error)
        return self._plan.failed(effect, error, self._now())

    def _do(self, effect: Effect) -> Iterable[Effect]:
        match effect:
            case Stop(name):
                self._ask_to_stop(name)
            case Abandon(name, why):
                return self._abandon(name, why)
            case Started(name, generation):
                self._names.write(name, state=ChildState.UP)
                self._names.say("started", name, generation, "")
                answer_all(self._starting.pop(name, []), generation)
            case Ended():
                self._on_ended(effect)
            case Restarting(name, delay_s):
                self._names.say("restarting", name, self._generation(name), f"in {delay_s:.3g} s")
            case Acknowledge():
                self.actor_lifecycle.started()
        return ()

    def _launch(self, launch: Launch) -> Iterable[Effect]:
        name, generation = launch.child, launch.generation
        child = self._plan.child(name)
        if child is None or child.generation != generation or not child.alive:
            return ()
        report = Report(self.actor_ref, child.spec, generation, self._failures.setdefault(name, FailureLog(name)))
        try:
            actor = fresh_actor(child.spec)
            self._prepare(actor, name, report)
            self._names.claim(name, generation, actor.actor_ref)
            self._actors[name], self._reports[name] = actor, report
            actor.launch()
        except BaseException as error:
            report.log(error, describe(error))
            raise
        if self.actor_fenced:  # meanwhile: who fenced it may not have seen this child
            actor.actor_fence()
        return ()

    def _prepare(self, actor: Actor, name: str, report: Report) -> None:
        actor.actor_name = name
        actor.actor_lifecycle = report
        actor.mailbox.clock = self._directory.clock
        actor.mailbox.dead_letters = self._directory.dead_letters

    def _ask_to_stop(self, name: str) -> None:
        self._names.write(name, state=ChildState.STOPPING)
        actor = self._actors.get(name)
        if actor is not None:
            self._reports[name].asked = True
            request_stop(actor)

    def _abandon(self, name: str, why: str) -> Iterable[Effect]:
        actor, abandoned = self._actors[name], self._directory.abandoned
        stack = stack_of(actor.actor_thread)
        RELAY.say(log, logging.ERROR, f"{name} is abandoned: {why}; it is stuck in\n{stack}")
        self._names.say("hung", name, self._generation(name), why)
        self._reports[name].given_up = True
        if actor.actor_thread is not None and actor.actor_thread.is_alive():
            abandoned.add(actor.actor_thread)
        self._fence(actor)
        if not abandoned.too_many:
            return ()
        reason = TooManyAbandonedError(
            f"{abandoned.alive} hung actors were left behind, the last of them {name}: {why}"
        )
        return self._plan.close(self._now(), reason)

    def _fence(self, actor: Actor) -> None:
        try:
            type(actor).actor_fence(actor)
        except BaseException as error:  # noqa: BLE001  a subclass may add to it; that it is left behind stands
            actor.actor_fenced = True
            words = f"{actor.actor_name}: its fence failed: {describe(error)}"
            RELAY.say(log, logging.ERROR, words, error)

    def _abandon_children(self) -> None:
        reason = HungError(f"its supervisor {self.actor_name} was abandoned, or failed while it stopped its children")
        for name, actor in reversed(list(self._actors.items())):
            self._reports[name].given_up = True
            if actor.actor_busy_since is not None and actor.actor_thread is not None and actor.actor_thread.is_alive():
                self._directory.abandoned.add(actor.actor_thread)  # one that waits meets its fence and ends at once
            self._fence(actor)
            self._names.ended(name, reason, describe(reason), last=True, state=ChildState.DOWN)
            self._names.say("down", name, self._generation(name), describe(reason))
        for child in self._plan.children:
            if child.added:
                self._names.forget(child.id)

    def _on_ended(self, ended: Ended) -> None:
        # The plan may have decided more since: this writes what this effect says, the effects after it the rest.
        name, child = ended.child, self._plan.child(ended.child)
        self._actors.pop(name, None)
        self._reports.pop(name, None)
        rests = child is None or child.state is ChildState.DOWN
        state = ChildState.DOWN if rests else ChildState.WAITING
        restarts = child.restarts if child is not None else 0
        self._names.ended(name, ended.reason, ended.words, state=state, generation=ended.generation, restarts=restarts)
        self._names.say("down", name, ended.generation, ended.words)
        if rests:
            answer_all(self._starting.pop(name, []), StartFailedError(f"{name} ended: {ended.words}"))
        if child is None:
            self._forget(name, ended.generation)

    def _forget(self, name: str, generation: int) -> None:
        self._names.forget(name)
        self._failures.pop(name, None)
        answer_all(self._stopping.pop(name, []), generation)
        answer_all(self._starting.pop(name, []), StartFailedError(f"{name} was stopped before it had started"))

    def _exit(self, reason: BaseException | None) -> None:
        self._names.leave(self._plan.children)
        self._answer_waiting()
        if reason is None:
            self.leave()
            return
        if isinstance(reason, GaveUpError):
            reason = GaveUpError(f"{self.actor_name} gave up: {reason}")
        self._names.say("gave up", self.actor_name, 0, describe(reason))
        raise reason

    def _answer_waiting(self) -> None:
        for replies in [*self._starting.values(), *self._stopping.values()]:
            answer_all(replies, ActorGoneError(f"{self.actor_name} ended before it was done"))

    # Watching.

    def _look_for_hung(self) -> None:
        now = self._now()
        for child in self._plan.children:
            actor = self._actors.get(child.id)
            if actor is not None and self._watchdog.finds_hung(child, actor.mailbox, now):
                self._carry_out(self._plan.hung(child.id, child.generation, now))
        self._schedule_beat()

    def _schedule_beat(self) -> None:
        period_s = self._watchdog.period_s
        if period_s is not None:
            self.mailbox.schedule("beat", period_s, Beat())

    # Requests.

    def _request(self, message: Any) -> object:
        """Answer who asks; a wrong request is no failure of the supervisor."""
        try:
            return self._answer_request(message)
        except SpecError as refusal:
            if self._actor_reply is None:  # told, so nobody else would say it
                RELAY.say(log, logging.WARNING, describe(refusal))
            self.take_reply().fail(refusal)
            return DEFERRED

    def _answer_request(self, message: Any) -> object:
        match message:
            case StartChild(spec):
                return self._start_child(spec)
            case StopChild(name):
                return self._stop_child(name)
            case WhichChildren():
                return self._which()
            case CountChildren():
                return self._count()
        raise SpecError(f"{self.actor_name}: a {type(message).__name__}: nothing that a supervisor answers")

    def _start_child(self, spec: ChildSpec) -> object:
        effects = self._plan.add(spec, self._now())
        self._starting.setdefault(spec.id, []).append(self.take_reply())
        self._carry_out(effects)
        if self._watchdog.consider([spec]):
            self._schedule_beat()
        return DEFERRED

    def _stop_child(self, name: str) -> object:
        require(isinstance(name, str), "child", name, "must be the name of one")
        generation = self._generation(name)
        effects = self._plan.remove(name, self._now())
        self._stopping.setdefault(name, []).append(self.take_reply())
        if self._plan.child(name) is None:  # it was not running
            self._forget(name, generation)
        self._carry_out(effects)
        return DEFERRED

    def _which(self) -> tuple[ChildInfo, ...]:
        return tuple(_info(child, self._actors.get(child.id)) for child in self._plan.children)

    def _count(self) -> ChildCount:
        children = self._plan.children
        supervisors = sum(isinstance(self._actors.get(child.id), Supervisor) for child in children)
        active = sum(child.alive for child in children)
        return ChildCount(len(children), active, supervisors, len(children) - supervisors)

    def _generation(self, name: str) -> int:
        child = self._plan.child(name)
        return child.generation if child is not None else 0


def _info(child: Child, actor: Actor | None) -> ChildInfo:
    is_supervisor = isinstance(actor, Supervisor)
    return ChildInfo(child.id, child.state.value, child.generation, child.restarts, is_supervisor, child.words)

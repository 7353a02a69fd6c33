"""The supervisor: an actor that executes the effects of its state machine. It never blocks, so it always answers."""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from pykka._envelope import Envelope

from timmy_actors.errors import (
    ActorGoneError,
    FencedError,
    GaveUpError,
    HungError,
    SpecError,
    StartFailedError,
    TooManyAbandonedError,
)
from timmy_actors.supervision.actor import DEFERRED, Actor, fence, request_stop
from timmy_actors.supervision.admission import check_settings, create_actor
from timmy_actors.supervision.checks import member, require
from timmy_actors.supervision.context import enter
from timmy_actors.supervision.control import CountChildren, RestartChild, StartChild, StopChild, WhichChildren
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
from timmy_actors.supervision.inspection import count, which
from timmy_actors.supervision.log_relay import RELAY, FailureLog
from timmy_actors.supervision.messages import Beat, ChildDown, ChildStarted, Removal, Report, Tick
from timmy_actors.supervision.protocols import Letter
from timmy_actors.supervision.reply import Reply, answer_all
from timmy_actors.supervision.restart import Intensity
from timmy_actors.supervision.roster import ChildState
from timmy_actors.supervision.spec import AutoShutdown, ChildSpec, Strategy
from timmy_actors.supervision.state_machine import SupervisorState
from timmy_actors.supervision.watchdog import Watchdog, stack_of

log = logging.getLogger(__name__)


class Supervisor(Actor):
    """Starts, restarts and stops its children by OTP's rules; see `docs/supervision.md`.

    `strategy` and `auto_shutdown` are enumeration members or their values (`"one_for_all"`). `max_children` limits the
    number of children, including waiting ones; None sets no limit.

    Raises:
        SpecError: a setting or a child is invalid.
    """

    actor_supervises = True

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
        self._state = SupervisorState(
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
        """The lifecycles of these actors."""
        self._watchdog = Watchdog()
        self._starting: dict[str, list[Reply]] = {}
        """Replies to answer when a child is up or has failed to start."""
        self._stopping: dict[str, list[Reply]] = {}
        """Replies to answer when a child is removed."""
        self._failures: dict[str, FailureLog] = {}
        self._completed: deque[ChildDown] = deque()
        """The ends of removed children whose removal was answered, for the next turn."""
        self._failed = False
        self._next_tick = math.inf  # may be early, never late

    # Lifecycle.

    def on_start(self) -> None:
        """Start the first child; each acknowledgement starts the next."""
        self._watchdog.consider(child.spec for child in self._state.children)
        self._execute(self._state.begin(self._now()))
        self._schedule_beat()

    def launch(self) -> Any:
        """Start the thread, without waiting for the children; `Root` waits for them."""
        self._names.parent = self.actor_name
        return super().launch()

    def actor_acknowledge_start(self) -> None:
        """No-op: the effect `Acknowledge` reports the start once every child was started."""

    def actor_may_stop(self) -> bool:
        """Stop the children first."""
        self._execute(self._state.close(self._now()))
        return False

    def on_receive(self, message: Any) -> Any:
        """Handle the children's lifecycle and requests.

        Raises:
            SpecError: a request is invalid.
        """
        match message:
            case ChildStarted() | ChildDown():
                self._follow(message)
            case Tick():
                self._next_tick = math.inf
                self._execute(self._state.tick(self._now()))
            case Beat():
                self._check_hung()
            case _:
                return self._request(message)
        return None

    def on_failure(self, *_: object) -> None:
        """Abandon the remaining children."""
        if not self.actor_fenced:
            self._abandon_children()
            self._answer_waiting()

    def actor_fence(self) -> None:
        """Abandon the supervisor and its children, from another thread."""
        super().actor_fence()
        self._names.revoke()
        self._abandon_children()
        self._answer_waiting()

    def actor_state(self) -> dict[str, Any]:
        """The strategy, and the children as in the answer to `WhichChildren`."""
        return {"strategy": self._state.strategy.value, "children": which(self._state.children, self._actors)}

    def _actor_enter(self) -> None:
        enter(self, self._directory.observers.call)

    def _actor_turn(self, letter: Letter) -> None:
        # On its own failure it stops its children first, so that none outlives it.
        try:
            if self._completed:
                self.mailbox.put_back(letter)  # it is next, or is refused if the supervisor ends now
                letter = Envelope(self._completed.popleft())
            super()._actor_turn(letter)
        except FencedError:
            raise
        except BaseException as failure:
            if self._state.exited or self._failed:
                raise
            self._failed, self.actor_current, self.actor_busy_since = True, None, None
            self._execute(self._state.close(self._now(), failure))

    def _follow(self, message: ChildStarted | ChildDown) -> None:
        if self._reports.get(message.child) is not message.life:
            return  # of an abandoned incarnation, or handled in an earlier turn
        if isinstance(message, ChildStarted):
            self._execute(self._state.started(message.child, message.generation, self._now()))
        else:
            ended = self._state.ended(message.child, message.generation, message.reason, self._now(), message.words)
            self._execute(ended)

    def _now(self) -> float:
        return self._directory.clock.now()

    # Effects.

    def _execute(self, effects: Iterable[Effect]) -> None:
        pending = deque(effects)
        while pending:
            pending.extend(self._attempt(pending.popleft()))
        due = self._state.due()
        if due is not None and due < self._next_tick:
            self._next_tick = due
            self.mailbox.schedule("tick", max(0.0, due - self._now()), Tick())

    def _attempt(self, effect: Effect) -> Iterable[Effect]:
        """Execute one effect; its failure is an event for the state machine and does not affect other effects."""
        if isinstance(effect, Exit):
            self._exit(effect.reason)
            return ()
        try:
            return self._launch(effect) if isinstance(effect, Launch) else self._do(effect)
        except FencedError:
            raise
        except BaseException as error:  # noqa: BLE001  the state machine handles every failure
            return self._on_failed_effect(effect, error)

    def _on_failed_effect(self, effect: Effect, error: BaseException) -> Iterable[Effect]:
        if not isinstance(effect, Launch):
            what = f"{self.actor_name}: {type(effect).__name__} failed"
            RELAY.log(log, logging.ERROR, f"{what}: {describe(error)}", error)
        return self._state.failed(effect, error, self._now())

    def _do(self, effect: Effect) -> Iterable[Effect]:
        match effect:
            case Stop(name):
                self._ask_to_stop(name)
            case Abandon(name, why):
                return self._abandon(name, why)
            case Started(name, generation):
                self._names.write(name, state=ChildState.UP)
                self._names.publish("started", name, generation, "")
                answer_all(self._starting.pop(name, []), generation)
            case Ended():
                self._on_ended(effect)
            case Restarting(name, delay_s):
                self._names.publish("restarting", name, self._generation(name), f"in {delay_s:.3g} s")
            case Acknowledge():
                self.actor_lifecycle.started()
        return ()

    def _launch(self, launch: Launch) -> Iterable[Effect]:
        name, generation = launch.child, launch.generation
        child = self._state.child(name)
        if child is None or child.generation != generation or not child.alive:
            return ()
        report = Report(self.actor_ref, child.spec, generation, self._failures.setdefault(name, FailureLog(name)))
        try:
            actor = create_actor(child.spec, report, self._directory)
            self._names.claim(name, generation, actor.actor_ref)
            self._actors[name], self._reports[name] = actor, report
            actor.launch()
        except BaseException as error:
            report.log(error, describe(error))
            raise
        if self.actor_fenced:  # fenced during the launch, which may have missed this child
            actor.actor_fence()
        return ()

    def _ask_to_stop(self, name: str) -> None:
        self._names.write(name, state=ChildState.STOPPING)
        actor = self._actors.get(name)
        if actor is not None:
            self._reports[name].asked = True
            request_stop(actor)

    def _abandon(self, name: str, why: str) -> Iterable[Effect]:
        actor, abandoned = self._actors[name], self._directory.abandoned
        stack = stack_of(actor.actor_working_thread)
        RELAY.log(log, logging.ERROR, f"{name} is abandoned: {why}; it is stuck in\n{stack}")
        self._names.publish("hung", name, self._generation(name), why)
        self._reports[name].abandoned = True
        if actor.actor_thread is not None and actor.actor_thread.is_alive():
            abandoned.add(actor.actor_thread)
        fence(actor)
        if not abandoned.too_many:
            return ()
        count = f"{abandoned.alive} hung actors are still running"
        reason = TooManyAbandonedError(f"{count}, the last abandoned one is {name}: {why}")
        return self._state.close(self._now(), reason)

    def _abandon_children(self) -> None:
        reason = HungError(f"its supervisor {self.actor_name} was abandoned, or failed while it stopped its children")
        for name, actor in reversed(list(self._actors.items())):
            self._reports[name].abandoned = True
            if actor.actor_busy_since is not None and actor.actor_thread is not None and actor.actor_thread.is_alive():
                self._directory.abandoned.add(actor.actor_thread)  # an idle one ends at its fence at once
            fence(actor)
            self._names.ended(name, reason, describe(reason), last=True, state=ChildState.DOWN)
            if self._reports[name].may_publish():
                self._names.publish("down", name, self._generation(name), describe(reason))
        for child in self._state.children:
            if child.added:
                self._names.forget(child.id)

    def _on_ended(self, ended: Ended) -> None:
        # Only what this effect says: the state machine may be further, and later effects write the rest.
        name, child = ended.child, self._state.child(ended.child)
        self._actors.pop(name, None)
        report = self._reports.pop(name, None)
        rests = child is None or child.state is ChildState.DOWN
        state = ChildState.DOWN if rests else ChildState.WAITING
        restarts = child.restarts if child is not None else 0
        self._names.ended(name, ended.reason, ended.words, state=state, generation=ended.generation, restarts=restarts)
        if report is None or report.may_publish():
            self._names.publish("down", name, ended.generation, ended.words)
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
        self._names.leave(self._state.children)
        self._answer_waiting()
        if reason is None:
            self.leave()
            return
        if isinstance(reason, GaveUpError):
            reason = GaveUpError(f"{self.actor_name} gave up: {reason}")
        self._names.publish("gave up", self.actor_name, 0, describe(reason))
        raise reason

    def _answer_waiting(self) -> None:
        for replies in [*self._starting.values(), *self._stopping.values()]:
            answer_all(replies, ActorGoneError(f"{self.actor_name} ended before it was done"))

    # Watchdog.

    def _check_hung(self) -> None:
        now = self._now()
        for child in self._state.children:
            actor = self._actors.get(child.id)
            if actor is not None and self._watchdog.finds_hung(child, actor.mailbox, now):
                self._execute(self._state.hung(child.id, child.generation, now))
        self._schedule_beat()

    def _schedule_beat(self) -> None:
        if (period_s := self._watchdog.period_s) is not None:
            self.mailbox.schedule("beat", period_s, Beat())

    # Requests.

    def _request(self, message: Any) -> object:
        """Answer a request; an invalid one is not a failure of the supervisor."""
        try:
            return self._answer_request(message)
        except SpecError as refusal:
            if self._actor_reply is None:  # a tell, so there is no asker to report the error
                RELAY.log(log, logging.WARNING, describe(refusal))
            self.take_reply().fail(refusal)
            return DEFERRED

    def _answer_request(self, message: Any) -> object:
        match message:
            case StartChild(spec):
                return self._start_child(spec)
            case StopChild(name):
                return self._stop_child(name)
            case RestartChild(name):
                return self._restart_child(name)
            case WhichChildren():
                return which(self._state.children, self._actors)
            case CountChildren():
                return count(self._state.children, self._actors)
        raise SpecError(f"{self.actor_name}: a {type(message).__name__}: a supervisor does not handle such messages")

    def _start_child(self, spec: ChildSpec) -> object:
        effects = self._state.add(spec, self._now())
        self._starting.setdefault(spec.id, []).append(self.take_reply())
        self._execute(effects)
        if self._watchdog.consider([spec]):
            self._schedule_beat()
        return DEFERRED

    def _stop_child(self, name: str) -> object:
        require(isinstance(name, str), "child", name, "must be a child's name")
        generation = self._generation(name)
        effects = self._state.remove(name, self._now())
        replies = self._stopping.setdefault(name, [])
        replies.append(self.take_reply())
        if self._state.child(name) is None:  # it was not running and is removed already
            self._forget(name, generation)
        self._execute(effects)
        if name in self._reports:  # set last: from then on only the child's thread writes its name
            self._reports[name].removal = Removal(self._names, replies, self._completed)
        return DEFERRED

    def _restart_child(self, name: str) -> object:
        require(isinstance(name, str), "child", name, "must be a child's name")
        effects = self._state.restart(name, self._now())
        self._starting.setdefault(name, []).append(self.take_reply())
        self._execute(effects)
        return DEFERRED

    def _generation(self, name: str) -> int:
        child = self._state.child(name)
        return child.generation if child is not None else 0

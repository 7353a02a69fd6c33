"""The supervisor: starts its children in order, restarts what fails, stops them in reverse order."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pykka

from timmy_actors.errors import Failure, StartFailed, TimmyError
from timmy_actors.supervision.actor import Actor, Lifecycle
from timmy_actors.supervision.directory import ChildState, Directory, Entry
from timmy_actors.supervision.intensity import Intensity
from timmy_actors.supervision.mailbox import Control
from timmy_actors.supervision.restart import Decision, Forget, GiveUp, Restart, decide
from timmy_actors.supervision.spec import ChildSpec

log = logging.getLogger(__name__)


class GaveUp(Failure):
    """A supervisor's children failed too often."""


@dataclass(frozen=True)
class _Started(Control):
    child: str
    generation: int


@dataclass(frozen=True)
class _Down(Control):
    child: str
    generation: int
    reason: BaseException | None


@dataclass(frozen=True)
class _StartAgain(Control):
    child: str


@dataclass
class _Child:
    spec: ChildSpec
    entry: Entry
    actor: Actor | None = None
    started_at: float = 0.0
    recent_restarts: int = 0
    """Restarts since it was last stable: what its backoff goes by."""


class _Report(Lifecycle):
    """A child's lifecycle, told to its supervisor."""

    def __init__(self, supervisor: pykka.ActorRef[Any], child: str, generation: int) -> None:
        self._supervisor = supervisor
        self._child = child
        self._generation = generation

    def started(self) -> None:
        self._tell(_Started(self._child, self._generation))

    def down(self, reason: BaseException | None) -> None:
        self._tell(_Down(self._child, self._generation, reason))

    def _tell(self, message: Control) -> None:
        try:
            self._supervisor.tell(message)
        except pykka.ActorDeadError:
            log.debug("%s: its supervisor is gone", self._child)


class Supervisor(Actor):
    """One-for-one supervision of a fixed list of children.

    Children start one after the other, each when the one before it is up. A child that fails for an expected reason,
    even in its first start, is restarted by backoff for ever; any other failure of a first start ends the supervisor,
    and later ones count towards its intensity.
    """

    def __init__(
        self,
        children: Sequence[ChildSpec],
        directory: Directory,
        *,
        intensity: Intensity | None = None,
        random: Random | None = None,
    ) -> None:
        super().__init__()
        self._directory = directory
        self._window = intensity or Intensity()
        self._random = random or Random()  # noqa: S311  jitter, not a secret
        self._specs = tuple(children)
        self._children: dict[str, _Child] = {}
        self._starting: str | None = None

    def on_start(self) -> None:
        """Start the first child; each one's acknowledgement starts the next."""
        self._start_next()

    def acknowledge_start(self) -> None:
        """Not yet: `_start_next` says it when the last child is up."""

    def on_receive(self, message: Any) -> None:
        """Follow the children's lives."""
        match message:
            case _Started(name, generation) if self._is_current(name, generation):
                self._on_started(self._children[name])
            case _Down(name, generation, reason) if self._is_current(name, generation):
                self._on_down(self._children[name], reason)
            case _StartAgain(name):
                self._start(self._children[name])

    def on_stop(self) -> None:
        """Stop the children, the last started first, and name those that did not stop."""
        for child in reversed(self._children.values()):
            self._stop_child(child)

    def on_failure(self, *_: object) -> None:
        """The same, when this supervisor itself fails."""
        self.on_stop()

    def _is_current(self, name: str, generation: int) -> bool:
        return self._children[name].entry.generation == generation

    def _start_next(self) -> None:
        if len(self._children) == len(self._specs):
            self._starting = None
            self.lifecycle.started()
            return
        spec = self._specs[len(self._children)]
        child = self._children[spec.id] = _Child(spec, Entry(spec.id, parent=self.name))
        self._starting = spec.id
        self._start(child)

    def _start(self, child: _Child) -> None:
        generation = child.entry.generation + 1
        child.started_at = time.monotonic()
        try:
            actor = child.spec.factory()
        except Exception as error:  # noqa: BLE001  whatever it was, it is the child's failure, not the supervisor's
            self._on_down(child, error)
            return
        actor.name = child.spec.id
        actor.lifecycle = _Report(self.actor_ref, child.spec.id, generation)
        child.actor = actor
        self._write(child, state=ChildState.STARTING, generation=generation, ref=actor.actor_ref)
        actor.launch()

    def _on_started(self, child: _Child) -> None:
        self._write(child, state=ChildState.UP)
        self._proceed_past(child)

    def _proceed_past(self, child: _Child) -> None:
        if self._starting == child.spec.id:
            self._start_next()

    def _on_down(self, child: _Child, reason: BaseException | None) -> None:
        now = time.monotonic()
        if self._starting == child.spec.id and not isinstance(reason, child.spec.expected):
            self._write(child, state=ChildState.DOWN, ref=None, last_reason=describe(reason))
            raise StartFailed(f"{child.spec.id} did not start: {describe(reason)}")
        decision = decide(
            child.spec,
            reason,
            uptime_s=now - child.started_at,
            restarts=child.recent_restarts,
            window=self._window,
            now=now,
            random=self._random,
        )
        self._carry_out(decision, child, reason)

    def _carry_out(self, decision: Decision, child: _Child, reason: BaseException | None) -> None:
        self._report_end(child, reason, decision)
        match decision:
            case Restart(delay_s, restarts, window):
                self._window, child.recent_restarts = window, restarts
                made = child.entry.restarts + 1
                self._write(child, state=ChildState.WAITING, ref=None, last_reason=describe(reason), restarts=made)
                self._restart_after(child, delay_s)
                self._proceed_past(child)
            case Forget():
                self._write(child, state=ChildState.DOWN, ref=None, last_reason=describe(reason))
                self._proceed_past(child)
            case GiveUp(window):
                self._write(child, state=ChildState.DOWN, ref=None, last_reason=describe(reason))
                raise GaveUp(
                    f"{self.name} gave up: {len(window.seen)} failures within {window.period_s:g} s,"
                    f" the last of {child.spec.id}: {describe(reason)}"
                )

    def _restart_after(self, child: _Child, delay_s: float) -> None:
        if delay_s > 0:
            self.mailbox.schedule(f"restart {child.spec.id}", delay_s, _StartAgain(child.spec.id))
        else:
            self._start(child)

    def _report_end(self, child: _Child, reason: BaseException | None, decision: Decision) -> None:
        # What is part of life is published, not logged; a failure that repeats is said once and counted.
        quiet = (
            (isinstance(decision, Forget) and reason is None)
            or isinstance(reason, child.spec.expected)
            or describe(reason) == child.entry.last_reason
        )
        level = logging.DEBUG if quiet else logging.WARNING
        log.log(level, "%s ended: %s", child.spec.id, describe(reason))

    def _stop_child(self, child: _Child) -> None:
        actor = child.actor
        if actor is not None and actor.thread is not None:
            actor.stop()
            actor.thread.join(child.spec.shutdown_s)
            if actor.thread.is_alive():
                log.error("%s did not stop within %g s and is abandoned", child.spec.id, child.spec.shutdown_s)
        self._write(child, state=ChildState.DOWN, ref=None)

    def _write(self, child: _Child, **changes: Any) -> None:
        child.entry = replace(child.entry, **changes)
        self._directory.write(child.entry)


def describe(reason: BaseException | None) -> str:
    """Why an actor ended, in words."""
    if reason is None:
        return "stopped"
    if isinstance(reason, TimmyError):
        return str(reason)
    return f"{type(reason).__name__}: {reason}"

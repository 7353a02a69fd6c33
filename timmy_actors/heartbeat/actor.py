"""The heartbeat's actor: carries out what the core decides, and keeps the time.

While it has an episode it waits for no game and no model; the end of an episode waits up to two seconds for its policy.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pykka

from timmy_actors.errors import RefusedError, TimmyError
from timmy_actors.heartbeat.core import Core
from timmy_actors.heartbeat.effects import (
    Act,
    Done,
    Effect,
    End,
    Freeze,
    Intend,
    Perceive,
    StopThinking,
    Thaw,
    Think,
    UsePolicy,
    Write,
)
from timmy_actors.heartbeat.episode_log import EpisodeLog
from timmy_actors.heartbeat.options import HeartbeatOptions
from timmy_actors.heartbeat.proposal import Proposal, ToolCall
from timmy_actors.heartbeat.senses import Senses
from timmy_actors.heartbeat.thinker import Thinker
from timmy_actors.heartbeat.tools import Toolbox
from timmy_actors.heartbeat.view import View
from timmy_actors.perception import Perceptions
from timmy_actors.protocol import (
    CLOCK_TIMEOUT_S,
    ClockCall,
    HeartbeatCall,
    HeartbeatStatus,
    PortalEntry,
    PortalStatus,
    WorldStatus,
)
from timmy_actors.supervision import Actor, Directory, SharedValue

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.25
"""How often the link and the portal are looked at, and the status is published, between beats."""
RETRY_EVERY_S = 1.0
"""How often the start of an episode is tried again, where its folder cannot be used."""
ON_REQUEST, STOPPED = "on request", "the daemon stopped"
NAME = "heartbeat"


@dataclass(frozen=True)
class _Tick:
    """Timer: a beat is due."""


@dataclass(frozen=True)
class _Look:
    """Timer: look at the link and the portal."""


@dataclass(frozen=True)
class _Begin:
    """Timer: begin or resume the episode; `asked`: a person asked for it while the last one was ending."""

    asked: bool = False


@dataclass(frozen=True)
class _Expired:
    """Timer: a view or a decision is overdue."""

    ticket: int
    is_view: bool


@dataclass(frozen=True)
class _Seen:
    ticket: int
    view: View


@dataclass(frozen=True)
class _Proposed:
    ticket: int
    proposal: Proposal


@dataclass(frozen=True)
class _Acted:
    ticket: int
    done: Done


class HeartbeatActor(Actor):
    """Takes beats. Answers `HeartbeatCall`s with the `HeartbeatStatus`."""

    def __init__(
        self,
        options: HeartbeatOptions,
        *,
        directory: Directory,
        perceptions: Perceptions,
        entry: SharedValue[PortalEntry | None],
        portal: SharedValue[PortalStatus | None],
        world: SharedValue[WorldStatus | None],
        status: SharedValue[HeartbeatStatus | None],
    ) -> None:
        super().__init__()
        self._options = options
        self._directory = directory
        self._world = world
        self._entry = entry
        self._status = status
        self._senses = Senses(
            perceives=options.perceives,
            player=options.player,
            directory=directory,
            perceptions=perceptions,
            portal=portal,
        )
        self._log = EpisodeLog(options)
        self._thinker: Thinker | None = None
        self._dismissed: list[Thinker] = []
        """Policies that were replaced during the episode."""
        self._froze = False
        self._problem: str | None = None
        """Why the episode cannot begin."""
        self._starts_again = False
        """A person has asked for an episode after the one that is ending."""

    def on_start(self) -> None:
        """Resume the episode that a crash has ended, or begin one."""
        self._core = Core(self._options.core, self._toolbox(), time.monotonic())
        self._publish()
        self.mailbox.schedule("look", LOOK_EVERY_S, _Look(), every=True)
        self._begin_by_itself()

    def on_receive(self, message: Any) -> Any:
        """Handle calls, timers and answers."""
        match message:
            case HeartbeatCall():
                return self._control(message)
            case _Tick():
                self._look()
                self._do(self._core.on_tick(time.monotonic(), datetime.now(UTC)))
            case _Look():
                self._look()
                self._publish()
            case _Begin(asked):
                self._begin() if asked else self._begin_by_itself()
            case _Seen(ticket, view):
                self.mailbox.cancel("perceive")
                self._do(self._core.on_perceived(ticket, view, time.monotonic()))
            case _Proposed(ticket, proposal):
                self.mailbox.cancel("decide")
                self._do(self._core.on_proposed(ticket, proposal, time.monotonic()))
            case _Acted(ticket, done):
                self._do(self._core.on_acted(ticket, done, time.monotonic()))
            case _Expired(ticket, is_view):
                if is_view:
                    self._senses.leave()
                self._do(self._core.on_expired(ticket, time.monotonic()))
        self._arm()
        return None

    def on_stop(self) -> None:
        """End the episode."""
        if self._core.episode is not None:
            self._do(self._core.stop(STOPPED))
            self._do(self._core.abandon(STOPPED, time.monotonic()))
        self._release("stopped", STOPPED)

    def on_failure(self, *_: object) -> None:
        """End the episode: the next incarnation begins another one."""
        self._release("failed", "the heartbeat's actor failed")

    def _release(self, outcome: Any, reason: str) -> None:
        self._thaw()
        self._senses.leave()
        self._stop_thinker()
        self._log.close(outcome, reason)

    # Control.

    def _control(self, call: HeartbeatCall) -> HeartbeatStatus:
        now = time.monotonic()
        match call.operation:
            case "start" if self._core.episode is None:
                self._start_now()
            case "start" if self._core.is_ending:
                self._starts_again = True
            case "start":
                self._do(self._core.resume(now))
            case "stop":
                self._starts_again = False
                self._do(self._core.stop(ON_REQUEST))
            case "pause":
                self._do(self._core.pause(ON_REQUEST))
            case "step":
                self._do(self._core.step(now))
            case "take_over":
                self._do(self._core.take_over(now))
            case "act":
                assert call.call is not None, "checked by the model"  # noqa: S101
                self._do(self._core.act(ToolCall(call.call.tool, call.call.arguments)))
        if call.operation not in ("status", "act"):
            self._log.save_phase(self._core.phase)
        self._arm()
        return self._publish()

    def _start_now(self) -> None:
        self._begin()
        if self._problem is not None:
            raise RefusedError("unavailable", self._problem)

    def _begin_by_itself(self) -> None:
        """Begin unless only a person does, and there is nothing to resume: another daemon may have ended it."""
        if self._log.can_resume or self._options.begins:
            self._begin()
        elif self._core.episode is None:
            self._problem = None

    def _begin(self) -> None:
        """Begin or resume an episode; try again later where that cannot be done now."""
        if self._core.episode is not None:
            return
        self._core.use_tools(self._toolbox())
        try:
            opened = self._log.open()
        except TimmyError as error:
            if self._problem is None:
                log.warning("the heartbeat waits: %s", error)
            self._problem = str(error)
            self.mailbox.schedule("begin", RETRY_EVERY_S, _Begin())
            self._publish()
            return
        self._problem = None
        now = time.monotonic()
        self._do(self._core.start(opened.episode, now, next_beat=opened.next_beat, phase=opened.phase))
        self._core.remember(opened.lines, opened.feedback, opened.used)
        self._log.save_phase(self._core.phase)
        self._arm()
        self._publish()

    def _toolbox(self) -> Toolbox:
        entry = self._entry.value
        portal = self._options.perceives != "bridge"
        bindings = entry.actions if entry is not None else {}
        return Toolbox(
            self._options.commands,
            player=self._options.player,
            bindings=bindings if portal else None,
            longest_s=self._options.core.act_timeout_s,
        )

    # Time.

    def _arm(self) -> None:
        due = self._core.next_due()
        if due is None:
            self.mailbox.cancel("tick")
        else:
            self.mailbox.schedule("tick", due - time.monotonic(), _Tick())

    def _look(self) -> None:
        self._do(self._core.on_blocked(self._senses.blocked, time.monotonic()))

    # Effects.

    def _do(self, effects: list[Effect]) -> None:
        for effect in effects:
            self._carry_out(effect)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Perceive(ticket, timeout_s):
                self.mailbox.schedule("perceive", timeout_s, _Expired(ticket, is_view=True))
                self._senses.look(timeout_s, lambda view: self._send(_Seen(ticket, view)))
            case Act(ticket):
                self._senses.act(effect, lambda done: self._send(_Acted(ticket, done)))
            case Think() | StopThinking() | UsePolicy():
                self._direct_policy(effect)
            case Freeze():
                self._freeze()
            case Thaw():
                self._thaw()
            case Intend(intention):
                self._log.intend(intention, self._core.phase, self._core.used)
            case Write(record, picture):
                self._log.write(record, picture, self._core.used)
                self._publish()
            case End(outcome, reason):
                self._stop_thinker()
                self._log.close(outcome, reason)
                self._publish()
                if self._starts_again:
                    self._starts_again = False
                    self._send(_Begin(asked=True))

    def _send(self, message: object) -> None:
        try:
            self.actor_ref.tell(message)
        except pykka.ActorDeadError:
            log.debug("an answer came after the heartbeat had ended")

    def _direct_policy(self, effect: Think | StopThinking | UsePolicy) -> None:
        match effect:
            case Think():
                self._think(effect)
            case UsePolicy(index):
                self._use_policy(index)
            case StopThinking():
                self.mailbox.cancel("decide")
                if self._thinker is not None:
                    self._thinker.cancel()

    def _think(self, think: Think) -> None:
        if self._thinker is None:
            problem = Proposal(problem=self._problem or "there is no policy")
            self._send(_Proposed(think.ticket, problem))
            return
        self.mailbox.schedule("decide", think.question.deadline_s, _Expired(think.ticket, is_view=False))
        self._thinker.ask(think.question, lambda proposal: self._send(_Proposed(think.ticket, proposal)))

    def _use_policy(self, index: int) -> None:
        if self._thinker is not None:
            self._thinker.dismiss()  # the beat goes on: it does not wait for a policy that is stuck
            self._dismissed.append(self._thinker)
            self._thinker = None
        make = self._options.policies[index]
        if make is None:
            return
        try:
            self._thinker = Thinker(make())
        except TimmyError as error:
            self._problem = str(error)
            log.warning("the policy cannot be used: %s", error)

    def _stop_thinker(self) -> None:
        thinkers = self._dismissed if self._thinker is None else [*self._dismissed, self._thinker]
        self._thinker, self._dismissed = None, []
        for thinker in thinkers:
            thinker.close()

    def _freeze(self) -> None:
        # The last thaw may not be answered yet: then the status still has this heartbeat's own freeze.
        world = self._world.value
        if self._options.is_embedded and world is not None and world.frozen_by in (None, NAME):
            self._froze = True
            self._directory.ask("world", ClockCall(operation="freeze", by=NAME), timeout_s=CLOCK_TIMEOUT_S)

    def _thaw(self) -> None:
        if self._froze:
            self._froze = False
            self._directory.ask("world", ClockCall(operation="thaw"), timeout_s=CLOCK_TIMEOUT_S)

    def _publish(self) -> HeartbeatStatus:
        status = self._core.status()
        changes: dict[str, Any] = {"recording": self._log.problem}
        if status.episode is None and self._problem is not None:
            changes.update(waits=True, reason=self._problem)
        published = status.model_copy(update=changes)
        self._status.value = published
        return published

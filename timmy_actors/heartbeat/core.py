"""What people and the daemon ask of the heartbeat. Pure; `flow.py` has the beat itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from timmy_actors.errors import RefusedError
from timmy_actors.heartbeat.effects import (
    Done,
    Effect,
    UsePolicy,
)
from timmy_actors.heartbeat.flow import BeatFlow
from timmy_actors.heartbeat.proposal import ToolCall
from timmy_actors.heartbeat.tools import Toolbox
from timmy_actors.protocol import BeatPhase, HeartbeatStatus
from timmy_actors.recording import Usage

MAX_PERSON_CALLS = 16
NOT_RUNNING: Final = "the heartbeat has no episode: start it first"


class Core(BeatFlow):
    """Decides what the heartbeat does. The caller carries out the effects in order.

    Raises:
        RefusedError: from each method for people: it cannot be done now; the message says why.
    """

    def start(self, episode: str, now: float, *, next_beat: int = 1, phase: BeatPhase = "autonomous") -> list[Effect]:
        """Begin an episode, or resume it with the beat `next_beat`."""
        self._reset()
        self.episode, self.phase, self._next_beat = episode, phase, next_beat
        self._beats = next_beat - 1
        self._skipped.clear()
        self._schedule.restart(now, forget=True)
        return [UsePolicy(0)]

    def remember(self, lines: Iterable[str], feedback: str | None, used: Usage | None = None) -> None:
        """Remember the beats of a resumed episode and what they used; the policy is given the feedback."""
        for line in lines:
            self._experience.memory.add(line)
        if feedback is not None:
            self._experience.note(feedback)
        self._budget.add(used)

    def use_tools(self, toolbox: Toolbox) -> None:
        """Use other tools from the next beat on."""
        self._toolbox = toolbox

    def abandon(self, why: str, now: float) -> list[Effect]:
        """Record an action under way as one of unknown outcome, because its answer will not be awaited."""
        beat = self._beat
        if beat is not None and beat.in_flight:
            self._settle(beat, Done(code="in_doubt", message=f"{why} before the answer came"), now)
        return self._take()

    def resume(self, now: float) -> list[Effect]:
        """Return to the policy after a pause or a take-over."""
        self._require_episode()
        if self.phase != "autonomous":
            self._change(phase="autonomous", reason=None)
            self._experience.guard.reset()
            self._hold_until = 0.0
            self._person_calls.clear()
            self._schedule.restart(now)
        return self._take()

    def pause(self, reason: str) -> list[Effect]:
        """Pause; an action under way is finished and recorded."""
        self._require_episode()
        self._change(phase="paused", reason=reason)
        return self._take()

    def step(self, now: float) -> list[Effect]:
        """Take one beat, then pause again."""
        self._require_episode()
        if self.phase != "paused":
            raise RefusedError("unavailable", "a single step needs a paused heartbeat: pause it first")
        self._single = True
        self._schedule.restart(now)
        return self._take()

    def take_over(self, now: float) -> list[Effect]:
        """Let a person choose from now on; what the policy would do is recorded beside it."""
        self._require_episode()
        if self.phase != "correcting":
            self._change(phase="correcting", reason="a person has taken over")
            self._schedule.restart(now)
        return self._take()

    def act(self, call: ToolCall) -> list[Effect]:
        """Take a person's choice for the next beat.

        Raises:
            RefusedError: the call is invalid, or no person is asked now.
        """
        self._require_episode()
        if self.phase == "paused":
            raise RefusedError("unavailable", "the heartbeat is paused: start it, or take over")
        if not self._asks_person:
            raise RefusedError("unavailable", "the policy decides: take over first")
        if len(self._person_calls) >= MAX_PERSON_CALLS:
            raise RefusedError("overloaded", f"{MAX_PERSON_CALLS} choices wait already: one is taken each beat")
        self._person_calls.append(self._toolbox.typed(call))
        return self._take()

    def stop(self, reason: str) -> list[Effect]:
        """End the episode."""
        self._require_episode()
        self._end("stopped", reason)
        return self._take()

    def on_blocked(self, reason: str | None, now: float) -> list[Effect]:
        """The link or the portal is down, for this reason; None: both can be used again."""
        if reason == self._blocked:
            return []
        was, self._blocked = self._blocked, reason
        if self.episode is not None and reason is not None and was is None:
            self._give_up_beat()
        if reason is None:
            self._schedule.restart(now)
        return self._take()

    @property
    def used(self) -> Usage:
        """What the episode has used at the model's endpoint."""
        return self._budget.used

    @property
    def is_ending(self) -> bool:
        """Whether the episode ends with the action that is under way."""
        return self._ending is not None

    def status(self) -> HeartbeatStatus:
        """What is going on."""
        return HeartbeatStatus(
            phase=self.phase,
            episode=self.episode,
            reason=self._blocked or self.reason,
            blocked=self._blocked is not None,
            policy=self._policy.name,
            rate_hz=self._options.rate_hz,
            beats=self._beats,
            skipped=dict(self._skipped),
            late_answers=self._late_answers,
            jitter_ms=self._schedule.jitter,
            guard=self._experience.guard.level,
            guard_reason=self._experience.guard.reason,
            tokens=self._budget.tokens,
            cost=self._budget.used.cost,
            last=self._last,
            tools=self._toolbox.names,
        )

    def _require_episode(self) -> None:
        if self.episode is None:
            raise RefusedError("unavailable", NOT_RUNNING)

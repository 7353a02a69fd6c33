"""What the policy learns from its beats: the memory, the loop guard, and what is to be said with the next question."""

from __future__ import annotations

from dataclasses import dataclass

from timmy_actors.heartbeat.beat import PERSON, Beat
from timmy_actors.heartbeat.guard import Action, Alarm, LoopGuard
from timmy_actors.heartbeat.memory import Memory
from timmy_actors.heartbeat.view import View

MAX_FEEDBACK, MAX_LINE = 16, 600
"""The newest lines that wait for the next question, and the characters of each: a person may decide for days."""


@dataclass(frozen=True)
class _Tried:
    """An action of the policy whose effect is not known yet."""

    name: str
    before: str
    """What was perceived before it."""
    refused: bool
    moves: bool
    """Whether it can change where the player is."""
    decided: bool
    """Whether the policy decided on it; False: it failed."""


class Experience:
    """Follows beats and views. Pure.

    Args:
        memory_chars: the most characters of the memory.
        repeats: how often an action without effect may be repeated.
    """

    def __init__(self, memory_chars: int, repeats: int) -> None:
        self.memory = Memory(memory_chars)
        self.guard = LoopGuard(repeats)
        self.feedback: list[str] = []
        """What the next question is to say."""
        self.generation = 0
        """How often the world was restored to an earlier time."""
        self._last: _Tried | None = None

    def on_view(self, view: View, *, can_change: bool) -> Alarm | None:
        """See what the last action has changed; an alarm where the policy repeats itself.

        `can_change`: there is another policy.
        """
        forgotten = self.memory.on_time(view.boot, view.game_ms)
        if forgotten:
            self.note(f"the world was restored to an earlier time: the last {forgotten} beats are undone")
            self.generation += 1
            self._last = None
        if self._last is None:
            return None
        last, self._last = self._last, None
        after = view.digest(with_place=last.moves)
        action = Action(last.name, last.before, after, last.refused, last.decided)
        alarm = self.guard.judge(action, can_change=can_change)
        if alarm is not None:
            self.note(f"you repeat yourself: {alarm.reason}. Choose something else")
        return alarm

    def on_beat(self, beat: Beat) -> None:
        """Remember a beat that is over."""
        failure = beat.failure
        if failure is not None:
            self.note(failure.line)
        if beat.by != PERSON and not beat.only_waits:
            before = beat.view.digest(with_place=beat.moves)
            decided = beat.proposal is None or beat.proposal.problem is None
            self._last = _Tried(beat.name, before, failure is not None and not beat.effective, beat.moves, decided)
        self.memory.add(beat.line(), boot=beat.view.boot, game_ms=beat.view.game_ms)

    def note(self, *lines: str) -> None:
        """Have the next question say these lines."""
        new = [line if len(line) <= MAX_LINE else line[: MAX_LINE - 1] + "…" for line in lines]
        self.feedback = [*(line for line in self.feedback if line not in new), *new][-MAX_FEEDBACK:]

    def take_feedback(self) -> list[str]:
        """What the next question is to say; it is not said twice."""
        feedback, self.feedback = self.feedback, []
        return feedback

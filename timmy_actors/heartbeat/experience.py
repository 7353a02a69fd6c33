"""What the policy learns from its beats: the memory, the loop guard, and what is to be said with the next question."""

from __future__ import annotations

from timmy_actors.heartbeat.beat import PERSON, Beat
from timmy_actors.heartbeat.guard import Action, Alarm, LoopGuard
from timmy_actors.heartbeat.memory import Memory
from timmy_actors.heartbeat.view import View


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
        self._last: tuple[str, str, bool] | None = None
        """The policy's last action, what was perceived before it, and whether it was refused; its effect is unknown."""

    def on_view(self, view: View) -> Alarm | None:
        """See what the last action has changed; an alarm where the policy repeats itself."""
        forgotten = self.memory.on_time(view.boot, view.game_ms)
        if forgotten:
            self.feedback.append(f"the world was restored to an earlier time: the last {forgotten} beats are undone")
            self.generation += 1
            self._last = None
        if self._last is None:
            return None
        name, before, refused = self._last
        self._last = None
        alarm = self.guard.judge(Action(name, before, view.digest, refused))
        if alarm is not None:
            self.feedback.append(f"you repeat yourself: {alarm.reason}. Choose something else")
        return alarm

    def on_beat(self, beat: Beat) -> None:
        """Remember a beat that is over."""
        failure = beat.failure
        if failure is not None:
            self.feedback.append(failure.line)
        if beat.by != PERSON:
            self._last = beat.name, beat.view.digest, failure is not None and not beat.effective
        self.memory.add(beat.line(), boot=beat.view.boot, game_ms=beat.view.game_ms)

    def take_feedback(self) -> list[str]:
        """What the next question is to say; it is not said twice."""
        feedback, self.feedback = self.feedback, []
        return feedback

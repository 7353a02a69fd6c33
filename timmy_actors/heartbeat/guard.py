"""The loop guard: notices that a policy repeats what has no effect, however healthy each beat looks. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from timmy_actors.protocol import GuardLevel

REMEMBERED = 128
"""The number of actions that are compared."""
ALTERNATIONS = 2
"""A/B/A/B: this many rounds of two actions that lead back to the same place count as a loop."""
LEVELS: tuple[GuardLevel, ...] = ("ok", "reported", "policy_changed", "paused")


@dataclass(frozen=True)
class Action:
    """An action, and what was perceived before and after it, as digests without what changes by itself."""

    name: str
    """The tool and its arguments, canonically; equal for equal actions."""
    before: str
    after: str
    refused: bool
    decided: bool = True
    """False: the policy failed, so that nothing was done."""

    @property
    def ineffective(self) -> bool:
        """Whether it changed nothing."""
        return self.refused or self.before == self.after


@dataclass(frozen=True)
class Alarm:
    """The policy repeats itself; the level says what to do about it."""

    level: GuardLevel
    reason: str


class LoopGuard:
    """Counts repetitions. After `repeats` it reports, after twice as many the policy changes, then the beat pauses.

    Where there is no other policy, the beat pauses instead of the change. A policy that fails never pauses the beat:
    its endpoint may come back.

    Args:
        repeats: how often an action without effect may be repeated.
    """

    def __init__(self, repeats: int) -> None:
        self._repeats = repeats
        self._actions: deque[Action] = deque(maxlen=REMEMBERED)
        self.level: GuardLevel = "ok"
        self.reason: str | None = None

    def judge(self, action: Action, *, can_change: bool) -> Alarm | None:
        """Record an action; an alarm where the level has risen with it. An action with an effect ends the alarm.

        `can_change`: there is another policy.
        """
        self._actions.append(action)
        same, rounds = self._same(), self._rounds()
        alternating = rounds + self._repeats - ALTERNATIONS if rounds >= ALTERNATIONS else 0
        count = max(same, alternating)
        may_change = can_change or self.level == "policy_changed"
        level = _level(count // self._repeats, decided=action.decided, may_change=may_change)
        risen = LEVELS.index(level) > LEVELS.index(self.level)
        if count < self._repeats:
            self.level, self.reason = "ok", None
            return None
        self.reason = self._describe(same, rounds)
        if not risen:
            return None
        self.level = level
        return Alarm(level, self.reason)

    def reset(self) -> None:
        """Forget everything, because a person has decided to go on."""
        self._actions.clear()
        self.level, self.reason = "ok", None

    def _same(self) -> int:
        """How often the last action was repeated in a row without effect."""
        last, count = self._actions[-1], 0
        for action in reversed(self._actions):
            if action.name != last.name or not action.ineffective:
                break
            count += 1
        return count

    def _rounds(self) -> int:
        """How many rounds of two different actions in a row ended where the round before had ended."""
        newest = list(reversed(self._actions))
        if len(newest) < 2 * ALTERNATIONS or newest[0].name == newest[1].name:
            return 0
        steps = 2
        for action, earlier in zip(newest, newest[2:], strict=False):
            if (action.name, action.after) != (earlier.name, earlier.after):
                break
            steps += 1
        return steps // 2

    def _describe(self, same: int, rounds: int) -> str:
        last = self._actions[-1]
        if same >= self._repeats:
            what = "was refused" if last.refused else "changed nothing"
            return f"{last.name} {what} {same} times in a row"
        before = self._actions[-2]
        return f"{before.name} and {last.name} alternate and lead back to the same place, {rounds} times in a row"


def _level(rounds: int, *, decided: bool, may_change: bool) -> GuardLevel:
    if rounds < LEVELS.index("policy_changed"):
        return LEVELS[rounds]
    if not decided:
        return "policy_changed" if may_change else "reported"
    return "policy_changed" if may_change and rounds == LEVELS.index("policy_changed") else "paused"

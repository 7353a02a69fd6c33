"""Tasks in real time: the world goes on while the agent thinks."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from timmy_actors.worlds.envs.action_forms import FormName
from timmy_actors.worlds.envs.gymnasium_env import ANSWER_WITHIN_S, TaskEnv
from timmy_actors.worlds.envs.observation import Observation
from timmy_actors.worlds.tasks.episode import Episode, State

MS_PER_S = 1000
MAX_WAIT_MS = 60_000
"""The longest time that a world passes at once."""


class Pace:
    """When steps of equal length end. Pure: times are monotonic seconds.

    A step that begins after its own end is late: it ends at once, and the next steps count from there.
    """

    def __init__(self, step_s: float, now: float) -> None:
        self._step_s = step_s
        self._end = now
        self.late = 0
        """How many steps were late."""

    def next_end(self, now: float) -> float:
        """Begin the next step; the time at which it ends."""
        self._end += self._step_s
        if now > self._end:
            self._end = now
            self.late += 1
        return self._end


class RealTimeEnv(TaskEnv):
    """A task whose world follows the real clock from `reset` on, as a game server's does.

    A step lasts the task's `step_ms` of real time. It includes the time in which the agent chose its action, which
    takes effect when `step` is called; `step` returns at the step's end. An agent that takes longer is late: its step
    ends at once with what has come of the world by then. `info` has two more keys: `late_steps`, how many steps of the
    episode were late, and `step_ms`, the declared length. The last action is in the observation, as in every
    environment.

    Seeds give the same start, but not the same episode. See `TaskEnv` for everything else.
    """

    def __init__(
        self,
        task: str | Path,
        render_mode: str | None = None,
        *,
        actions: FormName = "discrete",
        answer_within_s: float = ANSWER_WITHIN_S,
    ) -> None:
        super().__init__(task, render_mode, actions=actions, answer_within_s=answer_within_s)
        self._follow_clock()

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Start an episode; its time runs from now on."""
        self._follow_clock()
        answer = super().reset(seed=seed, options=options)
        self._follow_clock()
        return answer

    def _follow_clock(self) -> None:
        self._began, self._passed_ms = time.monotonic(), 0
        self._pace = Pace(self.task.step_ms / MS_PER_S, self._began)

    def _act(self, episode: Episode, actions: tuple[int, ...]) -> State:
        refused = self._catch_up(episode)
        end = self._pace.next_end(time.monotonic())
        refused += [episode.send(action) for action in actions]
        time.sleep(max(0.0, end - time.monotonic()))
        refused += self._catch_up(episode)
        return episode.look(next(filter(None, refused), ""))

    def _catch_up(self, episode: Episode) -> list[str]:
        """Bring the world to the present, but not past the episode's end; the codes of refusals on the way."""
        longest_ms = round(self.task.time_limit_s * MS_PER_S)
        now_ms = min(int((time.monotonic() - self._began) * MS_PER_S), longest_ms)
        refused = []
        while self._passed_ms < now_ms:
            ms = min(now_ms - self._passed_ms, MAX_WAIT_MS)
            refused.append(episode.wait(ms))
            self._passed_ms += ms
        return refused

    def _info(self, lost: str = "") -> dict[str, Any]:
        return {**super()._info(lost), "late_steps": self._pace.late, "step_ms": self.task.step_ms}

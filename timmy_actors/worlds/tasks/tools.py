"""A task as a set of tools for a language model, in the form that TRL's `environment_factory` takes."""

from __future__ import annotations

import math
from typing import Any

from timmy_actors.embedded import LockstepWorld
from timmy_actors.errors import RefusedError
from timmy_actors.worlds.tasks.episode import Episode, State
from timmy_actors.worlds.tasks.task import FORWARD, LEFT, RIGHT, Task, find_task

MOST_STEPS = 40
"""The most steps of one call."""
MAX_ACTORS = 8
"""The most actors that a text describes, the nearest first."""
TURN_DEG = 15
"""The angle of the turns of a task's actions."""
NOT_STARTED = "no episode has begun: call reset first"


class TaskTools:
    """One episode at a time, in this process. Every public method but `reset` and `get_reward` is a tool.

    A tool returns what the player then perceives, as text, with why an action was refused. After the end of the episode
    tools change nothing.
    """

    def __init__(self) -> None:
        self._episode: Episode | None = None
        self._state: State | None = None

    def reset(self, task: str = "reach-tradehouse", seed: int = 1, **_row: Any) -> str:
        """Begin an episode of a task in a new world; other columns of a data set's row are ignored.

        Raises:
            ConfigError: there is no such task.
        """
        self._episode = Episode(find_task(task), LockstepWorld(seed))
        self._state = self._episode.start()
        return f"{self._episode.task.goal}\n{self.look()}"

    def get_reward(self) -> float:
        """The score of the episode, from 0 to 1; 0 before the first."""
        return 0.0 if self._state is None else self._state.score

    def look(self) -> str:
        """Describe where the player is, what is near, and what the player can do.

        Returns:
            The description.
        """
        episode, state = self._current()
        return as_text(episode.task, state)

    def go_forward(self, steps: int) -> str:
        """Go straight on.

        Args:
            steps: how many steps, from 1 to 40; a step is a quarter of a second.

        Returns:
            The description of what the player then perceives.
        """
        return self._repeat(FORWARD, min(max(1, int(steps)), MOST_STEPS))

    def turn(self, degrees: int) -> str:
        """Turn on the spot.

        Args:
            degrees: the angle, from -180 to 180, in steps of 15; positive is to the right.

        Returns:
            The description of what the player then perceives.
        """
        times = min(round(abs(int(degrees)) / TURN_DEG), 180 // TURN_DEG)
        return self._repeat(RIGHT if degrees > 0 else LEFT, times)

    def use(self, action: str) -> str:
        """Do one of the task's own actions, such as to open a door or to talk to an actor.

        Args:
            action: the name of the action, as `look` lists it.

        Returns:
            The description of what the player then perceives.
        """
        episode, _ = self._current()
        if action not in own_actions(episode.task):
            return f"There is no action {action[:64]!r}; there are: {', '.join(own_actions(episode.task))}."
        return self._repeat(action, 1)

    def _repeat(self, action: str, times: int) -> str:
        episode, state = self._current()
        refused = ""
        for _ in range(times):
            if state.ending or refused:
                break
            state = episode.act(episode.task.position_of(action))
            refused = state.refused
        self._state = state
        return (f"Refused: {refused}.\n" if refused else "") + self.look()

    def _current(self) -> tuple[Episode, State]:
        if self._episode is None or self._state is None:
            raise RefusedError("unavailable", NOT_STARTED)
        return self._episode, self._state


def as_text(task: Task, state: State) -> str:
    """Where the player is, what is near, what it can do beside walking, and the score, for a reader of text."""
    here = state.sections["position"]
    lines = [f"You are in {here.get('place') or here['cell']}, facing {here['yaw']:.0f} degrees (0 is north, 90 east)."]
    for condition, progress in zip(task.success, state.progress, strict=True):
        place = condition.place(state.sections)
        if progress < 1 and place is not None:
            lines.append(f"The goal is {_direction(here, place.x, place.y)}.")
    for actor in state.sections["nearby_actors"]["actors"][:MAX_ACTORS]:
        kind = f"{actor['ref_id']} (dead)" if actor.get("dead") else actor["ref_id"]
        lines.append(f"{kind} is {_direction(here, actor['x'], actor['y'])}.")
    lines.append(f"Actions for use: {', '.join(own_actions(task))}.")
    ended = f" The episode has ended: {state.ending}." if state.ending else ""
    return "\n".join([*lines, f"Score {state.score:.2f}.{ended}"])


def own_actions(task: Task) -> list[str]:
    """The task's actions beside walking and turning."""
    return [action.id for action in task.actions if action.id not in (FORWARD, LEFT, RIGHT)]


def _direction(here: dict[str, Any], x: float, y: float) -> str:
    """A distance, and the angle to turn by: positive is to the right."""
    dx, dy = x - here["x"], y - here["y"]
    off = (math.degrees(math.atan2(dx, dy)) - here["yaw"] + 180) % 360 - 180
    return f"{math.hypot(dx, dy):.0f} units away, {off:+.0f} degrees from your direction"

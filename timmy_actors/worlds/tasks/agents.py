"""Agents to compare with: one that follows the task's script, and one that acts at random."""

from __future__ import annotations

import math
import random
from collections.abc import Generator
from typing import Protocol

from timmy_actors.worlds.tasks.episode import Episode, State
from timmy_actors.worlds.tasks.goals import Sections
from timmy_actors.worlds.tasks.task import FORWARD, LEFT, RIGHT, Chase, Do, Go, Task

STRAIGHT_DEG = 8.0
"""How far off the direction may be to go forward: about half a turn's angle."""


class Agent(Protocol):
    """Chooses an action."""

    def choose(self, state: State) -> int:
        """The position of the next action in the task's list."""


class RandomAgent:
    """Chooses each action with equal chances."""

    def __init__(self, task: Task, seed: int) -> None:
        self._count = len(task.actions)
        self._random = random.Random(seed)  # noqa: S311  no secret

    def choose(self, state: State) -> int:  # noqa: ARG002  the protocol's signature
        """The position of a random action."""
        return self._random.randrange(self._count)


class ScriptedAgent:
    """Follows the task's script; afterwards it repeats the last action."""

    def __init__(self, task: Task, seed: int) -> None:  # noqa: ARG002  like the random agent
        self._task = task
        self._last = 0
        self._state: State | None = None
        self._actions = self._follow()

    def choose(self, state: State) -> int:
        """The position of the script's next action."""
        self._state = state
        name = next(self._actions, None)
        self._last = self._last if name is None else self._task.position_of(name)
        return self._last

    def _follow(self) -> Generator[str, None, None]:
        for step in self._task.script:
            match step:
                case Go(to=to, within=within):
                    yield from self._go(to, within)
                case Chase(chase=ref_id, act=act, within=within):
                    yield from self._chase(ref_id, act, within)
                case Do(act=act):
                    yield from (act,) if isinstance(act, str) else act

    def _go(self, to: tuple[float, float] | str, within: float) -> Generator[str, None, None]:
        while (there := _player(self._seen, to) if isinstance(to, str) else to) is not None:
            if _distance(self._seen, there) <= within:
                return
            yield _towards(self._seen, there) or FORWARD

    def _chase(self, ref_id: str, act: str, within: float) -> Generator[str, None, None]:
        while (prey := _nearest(self._seen, ref_id)) is not None:
            near = _distance(self._seen, prey) <= within
            yield _towards(self._seen, prey) or (act if near else FORWARD)

    @property
    def _seen(self) -> Sections:
        assert self._state is not None, "set by `choose`"  # noqa: S101
        return self._state.sections


def play(episode: Episode, agent: Agent) -> State:
    """Play an episode to its end; its last state."""
    state = episode.start()
    while not state.ending:
        state = episode.act(agent.choose(state))
    return state


def _distance(sections: Sections, to: tuple[float, float]) -> float:
    position = sections["position"]
    return math.hypot(to[0] - position["x"], to[1] - position["y"])


def _towards(sections: Sections, to: tuple[float, float]) -> str | None:
    """The turn towards a point, or None if it is ahead."""
    position = sections["position"]
    wanted = math.degrees(math.atan2(to[0] - position["x"], to[1] - position["y"]))
    off = (wanted - position["yaw"] + 180) % 360 - 180
    return None if abs(off) <= STRAIGHT_DEG else LEFT if off < 0 else RIGHT


def _nearest(sections: Sections, ref_id: str) -> tuple[float, float] | None:
    """The nearest living actor of a record."""
    for actor in sections["nearby_actors"]["actors"]:
        if actor["ref_id"] == ref_id and not actor.get("dead"):
            return actor["x"], actor["y"]
    return None


def _player(sections: Sections, name: str) -> tuple[float, float] | None:
    for player in sections["nearby_players"]["players"]:
        if player["name"] == name:
            return player["x"], player["y"]
    return None

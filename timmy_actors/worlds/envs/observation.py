"""Turns an episode's state into arrays. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from gymnasium import spaces

from timmy_actors.worlds.envs.action_forms import ActionForm
from timmy_actors.worlds.tasks.episode import State
from timmy_actors.worlds.tasks.goals import Place, Sections
from timmy_actors.worlds.tasks.task import Task

if TYPE_CHECKING:
    from numpy.typing import NDArray

Observation = dict[str, Any]
"""Arrays by name; `action_mask` may be a dictionary of arrays."""

MAX_ACTORS: Final = 8
REACH: Final = 4096.0
"""Game units that are 1.0 in an observation: the radius within which actors are seen."""
FAR: Final = 16.0
"""The bound of distances in an observation: 65,536 game units. Farther things are shown there."""


def observation_space(task: Task, form: ActionForm) -> spaces.Dict:
    """The space. The order of its keys is that of a flattened observation."""
    return spaces.Dict(
        # Keyword arguments keep their order; a plain dictionary would be sorted.
        position=_box(-FAR, FAR, 3),
        heading=_box(-1, 1, 2),
        inside=spaces.MultiBinary(1),
        vitals=_box(0, 1, 3),
        goal=_box(-FAR, FAR, 2),
        goal_mask=spaces.MultiBinary(1),
        actors=_box(-FAR, FAR, MAX_ACTORS, 3),
        actors_mask=spaces.MultiBinary(MAX_ACTORS),
        progress=_box(0, 1, len(task.success)),
        time_left=_box(0, 1, 1),
        last_action=spaces.MultiBinary(len(task.actions)),
        action_mask=form.mask_space,
    )


def observe(task: Task, state: State, start: Sections, last: Collection[int], form: ActionForm) -> Observation:
    """The state as arrays; `last`: the positions of the last step's actions in the task's list.

    `position` is relative to the start's, and `goal` to the player: the place of the first condition that does not
    hold, if it is in the player's space (`goal_mask`). A row of `actors` is the relative place and the part of its
    health that an actor has, for the nearest living ones; `actors_mask` says which rows are used. `action_mask` says
    which actions are possible, as far as the server can tell without their arguments.
    """
    here = state.sections["position"]
    yaw = math.radians(here["yaw"])
    goal = _goal(task, state)
    actors, actors_mask = _actors(state.sections)
    return {
        "position": _scaled([here[axis] - start["position"][axis] for axis in "xyz"]),
        "heading": np.array([math.sin(yaw), math.cos(yaw)], np.float32),
        "inside": np.array([not here["exterior"]], np.int8),
        "vitals": _vitals(state.sections),
        "goal": _scaled([goal.x - here["x"], goal.y - here["y"]] if goal is not None else [0.0, 0.0]),
        "goal_mask": np.array([goal is not None], np.int8),
        "actors": actors,
        "actors_mask": actors_mask,
        "progress": np.clip(np.array(state.progress, np.float32), 0, 1),
        "time_left": np.array([max(0.0, 1 - state.game_ms / (task.time_limit_s * 1000))], np.float32),
        "last_action": np.array([number in last for number in range(len(task.actions))], np.int8),
        "action_mask": form.mask(_possible(task, state.sections)),
    }


def _box(low: float, high: float, *shape: int) -> spaces.Box:
    return spaces.Box(low, high, shape, np.float32)


def _scaled(distances: Sequence[float]) -> NDArray[np.float32]:
    return np.clip(np.array(distances, np.float64) / REACH, -FAR, FAR).astype(np.float32)


def _vitals(sections: Sections) -> NDArray[np.float32]:
    gauges = (sections["stats"][name] for name in ("health", "magicka", "fatigue"))
    return np.array([_part(gauge["current"], gauge["base"]) for gauge in gauges], np.float32)


def _part(current: float, base: float) -> float:
    return min(1.0, max(0.0, current / base)) if base > 0 else 0.0


def _goal(task: Task, state: State) -> Place | None:
    for condition, progress in zip(task.success, state.progress, strict=True):
        place = condition.place(state.sections)
        if progress < 1 and place is not None:
            return place
    return None


def _actors(sections: Sections) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    rows, mask = np.zeros((MAX_ACTORS, 3), np.float32), np.zeros(MAX_ACTORS, np.int8)
    here = sections["position"]
    living = (actor for actor in sections["nearby_actors"]["actors"] if not actor.get("dead"))
    for number, actor in zip(range(MAX_ACTORS), living, strict=False):
        rows[number, :2] = _scaled([actor["x"] - here["x"], actor["y"] - here["y"]])
        health = actor.get("health")
        rows[number, 2] = 1.0 if health is None else _part(health["current"], health["base"])
        mask[number] = 1
    return rows, mask


def _possible(task: Task, sections: Sections) -> list[bool]:
    possible = sections["available_actions"]["commands"]
    return [action.command is None or action.command in possible for action in task.actions]

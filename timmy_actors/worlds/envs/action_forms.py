"""The forms in which an agent gives its actions: one number, or a choice of each kind for the same step. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, Protocol

import gymnasium
import numpy as np
from gymnasium import spaces

from timmy_actors.worlds.tasks.task import Task

FormName = Literal["discrete", "dict", "multi_discrete"]
TURNING: Final = ("turn",)
MOVING: Final = ("walk", "run", "jump", "stop_moving")


class ActionForm(Protocol):
    """An action space, and what its actions mean."""

    @property
    def space(self) -> gymnasium.Space[Any]:
        """The actions."""

    @property
    def mask_space(self) -> gymnasium.Space[Any]:
        """The masks of possible actions; `space.sample` takes one, that of `MultiDiscrete` split up."""

    def decode(self, action: Any) -> tuple[int, ...]:
        """The positions of an action's parts in the task's list, in the order in which they are begun."""

    def mask(self, possible: Sequence[bool]) -> Any:
        """The mask, where `possible` says of each of the task's actions whether it is."""


class DiscreteForm:
    """One of the task's actions: its position in the list."""

    def __init__(self, task: Task) -> None:
        self.space = spaces.Discrete(len(task.actions))
        self.mask_space = spaces.MultiBinary(len(task.actions))

    def decode(self, action: Any) -> tuple[int, ...]:
        """See `ActionForm`."""
        return (int(action),)

    def mask(self, possible: Sequence[bool]) -> Any:
        """See `ActionForm`."""
        return np.array(possible, np.int8)


class DictForm:
    """At most one action of each kind in a step: `turn`, then `move`, then `use`. 0 is none of that kind."""

    def __init__(self, task: Task) -> None:
        self.kinds = kinds_of(task)
        # Pairs keep their order; a plain dictionary would be sorted.
        self.space = spaces.Dict([(kind, spaces.Discrete(len(of) + 1)) for kind, of in self.kinds.items()])
        self.mask_space = spaces.Dict([(kind, spaces.MultiBinary(len(of) + 1)) for kind, of in self.kinds.items()])

    def decode(self, action: Any) -> tuple[int, ...]:
        """See `ActionForm`."""
        chosen = ((of, int(action[kind])) for kind, of in self.kinds.items())
        return tuple(of[choice - 1] for of, choice in chosen if choice > 0)

    def mask(self, possible: Sequence[bool]) -> Any:
        """See `ActionForm`."""
        return {
            kind: np.array([True, *(possible[position] for position in of)], np.int8) for kind, of in self.kinds.items()
        }


class MultiDiscreteForm:
    """The same as an array of the three choices; the masks of the three follow one another."""

    def __init__(self, task: Task) -> None:
        self._dict = DictForm(task)
        sizes = [len(of) + 1 for of in self._dict.kinds.values()]
        self.space, self.mask_space = spaces.MultiDiscrete(sizes), spaces.MultiBinary(sum(sizes))

    def decode(self, action: Any) -> tuple[int, ...]:
        """See `ActionForm`."""
        return self._dict.decode(dict(zip(self._dict.kinds, action, strict=True)))

    def mask(self, possible: Sequence[bool]) -> Any:
        """See `ActionForm`."""
        return np.concatenate(list(self._dict.mask(possible).values()))


FORMS: Final[Mapping[str, Callable[[Task], ActionForm]]] = {
    "discrete": DiscreteForm,
    "dict": DictForm,
    "multi_discrete": MultiDiscreteForm,
}


def action_form(name: FormName, task: Task) -> ActionForm:
    """The form of this name.

    Raises:
        gymnasium.error.Error: there is none.
    """
    if name not in FORMS:
        raise gymnasium.error.Error(f"actions: must be one of {', '.join(FORMS)}, not {name!r}")
    return FORMS[name](task)


def kinds_of(task: Task) -> dict[str, list[int]]:
    """The positions of a task's actions by kind. An action without a command, which waits, is none of any kind."""
    kinds: dict[str, list[int]] = {"turn": [], "move": [], "use": []}
    for position, action in enumerate(task.actions):
        if action.command is not None:
            kind = "turn" if action.command in TURNING else "move" if action.command in MOVING else "use"
            kinds[kind].append(position)
    return kinds

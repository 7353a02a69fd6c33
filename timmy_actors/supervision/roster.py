"""The children of one supervisor, with the counts and due times that its plan asks for at every step.

Every change of a child's state goes through here, so that no step has to look at all of them: a step costs the same
with 10,000 children as with ten.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from timmy_actors.supervision.mailbox import Deadlines
from timmy_actors.supervision.spec import ChildSpec, RestartType


class ChildState(Enum):
    """Where a child is in its life."""

    UNSTARTED = "not started yet"
    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"
    WAITING = "waiting to restart"
    DOWN = "down"

    __hash__ = object.__hash__  # each exists once: `Enum` would hash the name, in Python, at every look into a count


ALIVE = (ChildState.STARTING, ChildState.UP, ChildState.STOPPING)
RESTING = (ChildState.UNSTARTED, ChildState.DOWN)
"""Nothing runs, and nothing is going to run by itself."""
Numbering: TypeAlias = Callable[[str, int], int]
"""The number of a child's next incarnation, by its name and the number of the last one."""


@dataclass
class Child:
    """The plan's record of one child."""

    spec: ChildSpec
    state: ChildState = ChildState.UNSTARTED
    generation: int = 0
    """The number of its latest incarnation."""
    restarts: int = 0
    recent_restarts: int = 0
    """Restarts since it was last stable: what its backoff goes by."""
    launched_at: float = 0.0
    up_since: float | None = None
    """When its present incarnation acknowledged its start: the time it was stable begins there, not at its launch."""
    was_up: bool = False
    """Whether any incarnation ever did."""
    due: float = 0.0
    """In WAITING, when it may start; monotonic seconds."""
    words: str | None = None
    """Why its last incarnation ended; None when none has. In words only: the reason itself may hold on to anything."""
    added: bool = False
    """It was not declared with its supervisor but came later."""
    unwanted: bool = False
    """It is being stopped for good."""

    @property
    def id(self) -> str:
        """Its name."""
        return self.spec.id

    @property
    def start_by(self) -> float:
        """In STARTING, when patience ends."""
        return self.launched_at + (math.inf if self.spec.start_s is None else self.spec.start_s)

    @property
    def alive(self) -> bool:
        """Whether an incarnation of it runs, or may run."""
        return self.state in ALIVE

    @property
    def is_done_once(self) -> bool:
        """Whether it was started, and is not to be started a second time."""
        return self.spec.restart is RestartType.TEMPORARY and self.state is not ChildState.UNSTARTED

    @property
    def is_over(self) -> bool:
        """Whether nothing brings it back: a temporary one that ended."""
        return self.state is ChildState.DOWN and self.spec.restart is RestartType.TEMPORARY


STARTING, STOPPING, WAITING, DOWN = ChildState.STARTING, ChildState.STOPPING, ChildState.WAITING, ChildState.DOWN
LIMITED = (STARTING, STOPPING)
"""States that patience ends."""


class Roster:
    """Children in the order of starting, and the sequence of those that start one after the other."""

    def __init__(self, children: Sequence[ChildSpec]) -> None:
        self._children = {spec.id: Child(spec) for spec in children}
        self._sequence: OrderedDict[str, None] = OrderedDict((spec.id, None) for spec in children)
        """Children to start one after the other; the first may be starting."""
        self._states: Counter[ChildState] = Counter(child.state for child in self._children.values())
        self._leaving = 0
        """How many are being stopped for good."""
        self._significant_left = sum(spec.significant for spec in children)
        self._limits = Deadlines()
        """When patience with a start or a stop ends."""
        self._alone = Deadlines()
        """When a child that waits for its own restart, not for its turn in the sequence, may start."""
        self._in_turn = Deadlines()
        """The same of those in the sequence."""

    # Looking.

    def __iter__(self) -> Iterator[Child]:
        return iter(self._children.values())

    def __len__(self) -> int:
        return len(self._children)

    def __contains__(self, name: object) -> bool:
        return name in self._children

    def get(self, name: str) -> Child | None:
        """The child of that name."""
        return self._children.get(name)

    @property
    def names(self) -> list[str]:
        """Every name, in the order of starting."""
        return list(self._children)

    @property
    def alive(self) -> int:
        """How many run, or may run."""
        return sum(self._states[state] for state in ALIVE)

    @property
    def stopping(self) -> int:
        """How many are being stopped, for good or not."""
        return self._states[STOPPING]

    @property
    def stopping_to_return(self) -> int:
        """How many are being stopped and are to come back, or whose group waits for them."""
        return self._states[STOPPING] - self._leaving

    @property
    def significant_left(self) -> int:
        """How many significant children are not through."""
        return self._significant_left

    @property
    def first(self) -> Child | None:
        """The first of the sequence."""
        name = next(iter(self._sequence), None)
        return None if name is None else self._children[name]

    @property
    def sequence(self) -> set[str]:
        """Those that start one after the other."""
        return set(self._sequence)

    @property
    def next_in_turn(self) -> float:
        """When the next backoff of a member of the sequence ends; infinity where none is left."""
        return self._in_turn.earliest

    def end_backoffs(self, now: float) -> None:
        """Take note that those of the sequence's backoffs that are over by now are over."""
        for _ in self._in_turn.take(now):
            pass

    @property
    def next_limit(self) -> float:
        """When the next patience ends, or the next restart out of turn is due; infinity for never."""
        return min(self._limits.earliest, self._alone.earliest)

    def overdue(self, now: float) -> Iterator[Child]:
        """Each child whose start or stop takes too long."""
        return self._each(self._limits.take(now))

    def due_alone(self, now: float) -> Iterator[Child]:
        """Each child whose own restart is due."""
        return self._each(self._alone.take(now))

    def _each(self, names: Iterable[str]) -> Iterator[Child]:
        return (self._children[name] for name in names)

    # Changing.

    def add(self, child: Child) -> None:
        """One more, the last to start."""
        self._children[child.id] = child
        self._states[child.state] += 1
        self._significant_left += child.spec.significant
        self._sequence[child.id] = None

    def drop(self, child: Child) -> None:
        """Forget one."""
        self.leave_sequence(child.id)
        self.move(child, DOWN)
        self._states[DOWN] -= 1
        del self._children[child.id]

    def move(self, child: Child, state: ChildState, until: float = math.inf) -> None:
        """Let it be in a state; `until` is when patience with a start or stop ends, or a restart is due."""
        if child.unwanted:
            self._leaving += (state is STOPPING) - (child.state is STOPPING)
        if child.spec.significant:
            self._significant_left += (child.state is DOWN) - (state is DOWN)
        before, child.state = child.state, state
        self._states[before] -= 1
        self._states[state] += 1
        if state in LIMITED:
            self._limits.set(child.spec.id, until)
        elif before in LIMITED:
            self._limits.clear(child.spec.id)
        if state is WAITING:
            child.due = until
        if state is WAITING or before is WAITING:
            self._file(child)

    def renounce(self, child: Child) -> None:
        """Let it be one that is not to come back."""
        if not child.unwanted:
            child.unwanted = True
            self._leaving += child.state is STOPPING

    def leave_sequence(self, name: str) -> None:
        """Let it start by itself, or not at all."""
        if name in self._sequence:
            del self._sequence[name]
            if self._children[name].state is WAITING:
                self._file(self._children[name])

    def set_sequence(self, names: Iterable[str]) -> None:
        """Let these start one after the other."""
        before, self._sequence = self._sequence, OrderedDict.fromkeys(names)
        for name in {**before, **self._sequence}:
            if name in self._children:
                self._file(self._children[name])

    def _file(self, child: Child) -> None:
        turn = child.id in self._sequence
        self._alone.set(child.id, child.due if child.state is WAITING and not turn else math.inf)
        self._in_turn.set(child.id, child.due if child.state is WAITING and turn else math.inf)

"""The children of one supervisor, with the counts and due times that its state machine needs at every step.

Every change of a child's state goes through here, which keeps these up to date, so that a step takes the same time with
10,000 children as with ten.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from timmy_actors.errors import SpecError
from timmy_actors.supervision.mailbox import Deadlines
from timmy_actors.supervision.spec import ChildSpec, RestartType


class ChildState(Enum):
    """The state of a child."""

    UNSTARTED = "not started yet"
    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"
    WAITING = "waiting to restart"
    DOWN = "down"

    __hash__ = object.__hash__  # by identity: `Enum` would hash the name, in Python, at every lookup


ALIVE = (ChildState.STARTING, ChildState.UP, ChildState.STOPPING)
RESTING = (ChildState.UNSTARTED, ChildState.DOWN)
"""No incarnation runs, and none will start by itself."""
Numbering: TypeAlias = Callable[[str, int], int]
"""Returns the number of a child's next incarnation, from its name and the number of the last one."""


@dataclass
class Child:
    """The state machine's record of one child."""

    spec: ChildSpec
    state: ChildState = ChildState.UNSTARTED
    generation: int = 0
    """The number of the latest incarnation."""
    restarts: int = 0
    recent_restarts: int = 0
    """Restarts since it was last stable, which determine the backoff."""
    launched_at: float = 0.0
    up_since: float | None = None
    """When the current incarnation acknowledged its start; its stable time is counted from here, not the launch."""
    was_up: bool = False
    """Whether any incarnation has been up."""
    due: float = 0.0
    """In WAITING, when it may start; monotonic seconds."""
    words: str | None = None
    """Why the last incarnation ended, as text (the exception may reference large objects); None if none has ended."""
    added: bool = False
    """Whether it was added later, not declared with its supervisor."""
    unwanted: bool = False
    """Whether it is being stopped permanently."""

    @property
    def id(self) -> str:
        """The child's name."""
        return self.spec.id

    @property
    def start_by(self) -> float:
        """In STARTING, when the start times out."""
        return self.launched_at + (math.inf if self.spec.start_s is None else self.spec.start_s)

    @property
    def alive(self) -> bool:
        """Whether an incarnation runs, or may run."""
        return self.state in ALIVE

    @property
    def is_done_once(self) -> bool:
        """Whether it is temporary and was started, so that it must not start again."""
        return self.spec.restart is RestartType.TEMPORARY and self.state is not ChildState.UNSTARTED

    @property
    def is_over(self) -> bool:
        """Whether it is temporary and has ended, so that it never restarts."""
        return self.state is ChildState.DOWN and self.spec.restart is RestartType.TEMPORARY


STARTING, STOPPING, WAITING, DOWN = ChildState.STARTING, ChildState.STOPPING, ChildState.WAITING, ChildState.DOWN
LIMITED = (STARTING, STOPPING)
"""States with a timeout."""


class Roster:
    """The children in start order, and the sequence of those that start one after the other."""

    def __init__(self, children: Sequence[ChildSpec]) -> None:
        self._children = {spec.id: Child(spec) for spec in children}
        self._sequence: OrderedDict[str, None] = OrderedDict((spec.id, None) for spec in children)
        """The children to start one after the other; the first may be starting."""
        self._states: Counter[ChildState] = Counter(child.state for child in self._children.values())
        self._leaving = 0
        """The number of children being stopped permanently."""
        self._significant_left = sum(spec.significant for spec in children)
        self._limits = Deadlines()
        """The timeouts of starts and stops."""
        self._alone = Deadlines()
        """The restart times of children outside the sequence."""
        self._in_turn = Deadlines()
        """The restart times of children in the sequence."""

    # Reading.

    def __iter__(self) -> Iterator[Child]:
        return iter(self._children.values())

    def __len__(self) -> int:
        return len(self._children)

    def __contains__(self, name: object) -> bool:
        return name in self._children

    def get(self, name: str) -> Child | None:
        """The child with this name, or None."""
        return self._children.get(name)

    @property
    def names(self) -> list[str]:
        """All names in start order."""
        return list(self._children)

    @property
    def alive(self) -> int:
        """The number of children that run, or may run."""
        return sum(self._states[state] for state in ALIVE)

    @property
    def stopping(self) -> int:
        """The number of children being stopped."""
        return self._states[STOPPING]

    @property
    def stopping_to_return(self) -> int:
        """The number of children being stopped that will restart, or whose group waits for them."""
        return self._states[STOPPING] - self._leaving

    @property
    def significant_left(self) -> int:
        """The number of significant children that have not finished."""
        return self._significant_left

    @property
    def first(self) -> Child | None:
        """The first child of the sequence, or None."""
        name = next(iter(self._sequence), None)
        return None if name is None else self._children[name]

    @property
    def sequence(self) -> set[str]:
        """The names of the children that start one after the other."""
        return set(self._sequence)

    @property
    def next_in_turn(self) -> float:
        """When the next backoff in the sequence ends; infinity if there is none."""
        return self._in_turn.earliest

    def end_backoffs(self, now: float) -> None:
        """Clear the backoffs in the sequence that have ended."""
        for _ in self._in_turn.take(now):
            pass

    @property
    def next_limit(self) -> float:
        """When the next timeout ends, or the next restart outside the sequence is due; infinity for never."""
        return min(self._limits.earliest, self._alone.earliest)

    def overdue(self, now: float) -> Iterator[Child]:
        """Each child whose start or stop has timed out."""
        return self._each(self._limits.take(now))

    def due_alone(self, now: float) -> Iterator[Child]:
        """Each child outside the sequence whose restart is due."""
        return self._each(self._alone.take(now))

    def _each(self, names: Iterable[str]) -> Iterator[Child]:
        return (self._children[name] for name in names)

    # Changing.

    def known(self, name: str) -> Child:
        """The child with this name.

        Raises:
            SpecError: there is none.
        """
        child = self.get(name)
        if child is None:
            raise SpecError(f"child {name!r}: this supervisor has no such child")
        return child

    def replaceable(self, name: str) -> Child | None:
        """The ended temporary child with this name, which a new one may replace; None if there is none."""
        child = self.get(name)
        return child if child is not None and child.is_over else None

    def check_room(self, name: str, most: float) -> None:
        """Check that there is room for another child.

        Raises:
            SpecError: there are `most` children.
        """
        if len(self) >= most:
            raise SpecError(f"child {name!r}: max_children: this supervisor has {len(self)} children: stop one first")

    def add(self, child: Child) -> None:
        """Add a child as the last to start."""
        self._children[child.id] = child
        self._states[child.state] += 1
        self._significant_left += child.spec.significant
        self._sequence[child.id] = None

    def drop(self, child: Child) -> None:
        """Remove a child."""
        self.leave_sequence(child.id)
        self.move(child, DOWN)
        self._states[DOWN] -= 1
        del self._children[child.id]

    def move(self, child: Child, state: ChildState, until: float = math.inf) -> None:
        """Change a child's state; `until` is when its start or stop times out, or its restart is due."""
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
        """Mark a child as not to be restarted."""
        if not child.unwanted:
            child.unwanted = True
            self._leaving += child.state is STOPPING

    def leave_sequence(self, name: str) -> None:
        """Remove a child from the sequence."""
        if name in self._sequence:
            del self._sequence[name]
            if self._children[name].state is WAITING:
                self._file(self._children[name])

    def set_sequence(self, names: Iterable[str]) -> None:
        """Set the children that start one after the other."""
        before, self._sequence = self._sequence, OrderedDict.fromkeys(names)
        for name in {**before, **self._sequence}:
            if name in self._children:
                self._file(self._children[name])

    def _file(self, child: Child) -> None:
        turn = child.id in self._sequence
        self._alone.set(child.id, child.due if child.state is WAITING and not turn else math.inf)
        self._in_turn.set(child.id, child.due if child.state is WAITING and turn else math.inf)

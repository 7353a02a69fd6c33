"""What is held down, until when, and for which window. Pure: the time is an argument."""

from __future__ import annotations

from typing import Generic, Literal, NamedTuple, TypeVar

T = TypeVar("T")


class Held(NamedTuple):
    """A key or a button that is down; `name` is what it was called when it was pressed."""

    kind: Literal["key", "button"]
    code: int
    name: str


class Ledger(Generic[T]):
    """What is held, each with the monotonic time at which it is let go whatever happens, and what it is aimed at."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, int], tuple[Held, float]] = {}
        self._aims: dict[tuple[str, int], T] = {}

    def hold(self, held: Held, until: float, aim: T | None = None) -> None:
        """Note it, or move its end; without `aim` it stays aimed as it was."""
        self._until[held.kind, held.code] = (held, until)
        if aim is not None:
            self._aims[held.kind, held.code] = aim

    def let_go(self, held: Held) -> None:
        """Strike it out."""
        self._until.pop((held.kind, held.code), None)
        self._aims.pop((held.kind, held.code), None)

    def aimed(self) -> list[tuple[Held, T]]:
        """What is aimed at something, with that, the last pressed first."""
        return [(held, self._aims[held.kind, held.code]) for held in self.all() if held[:2] in self._aims]

    def has(self, held: Held) -> bool:
        """Whether it is down."""
        return (held.kind, held.code) in self._until

    def all(self) -> list[Held]:
        """Everything, the last pressed first: that is the order to let go in."""
        return [held for held, _ in reversed(self._until.values())]

    def due(self, now: float) -> list[Held]:
        """What should have been let go by now."""
        return [held for held, until in reversed(self._until.values()) if until <= now]

    def next_end(self) -> float | None:
        """When the next is due; None: nothing is held."""
        return min((until for _, until in self._until.values()), default=None)

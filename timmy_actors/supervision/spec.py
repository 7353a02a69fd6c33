"""Child specs and supervisor options, validated when they are declared."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from timmy_actors.errors import SpecError
from timmy_actors.supervision.backoff import Backoff
from timmy_actors.supervision.checks import is_duration, member, require
from timmy_actors.supervision.protocols import ActorLike

Factory: TypeAlias = Callable[[], ActorLike]
"""Makes a fresh `Actor`."""


class Strategy(Enum):
    """Who is restarted when a child fails."""

    ONE_FOR_ONE = "one_for_one"
    """That child: the children do not need each other."""
    ONE_FOR_ALL = "one_for_all"
    """Every child: none makes sense without the others."""
    REST_FOR_ONE = "rest_for_one"
    """That child and those started after it: each builds on the ones before."""


class RestartType(Enum):
    """When a child that ended is started again."""

    PERMANENT = "permanent"
    """Always."""
    TRANSIENT = "transient"
    """When it failed, not when it stopped."""
    TEMPORARY = "temporary"
    """Never; not even when a sibling's failure stopped it."""


class AutoShutdown(Enum):
    """When a supervisor stops because its significant children have done their work."""

    NEVER = "never"
    ANY_SIGNIFICANT = "any_significant"
    """When the first of them is through."""
    ALL_SIGNIFICANT = "all_significant"
    """When the last of them is through."""


@dataclass(frozen=True)
class ChildSpec:
    """How to start, restart and stop one child; what cannot work is refused when it is declared.

    Raises:
        SpecError: the message names the child, the field and the remedy.
    """

    id: str
    """Its name in the directory: what everybody else calls it, whichever incarnation answers."""
    factory: Factory
    """Makes a fresh actor. Runs in the supervisor's thread: what takes time belongs into `on_start`.

    What it raises is the child's failure; so is anything but an `Actor` that was never launched.
    """
    restart: RestartType = RestartType.PERMANENT
    expected: tuple[type[BaseException], ...] = ()
    """Exit reasons that are part of life: they restart by backoff for ever and never count as a failure."""
    backoff: Backoff = field(default_factory=Backoff)
    start_s: float | None = 30.0
    """A child that has not acknowledged its start after this has failed, and is abandoned; None waits for ever."""
    shutdown_s: float = 5.0
    """A child that has not stopped after this is abandoned and reported. A supervisor needs as long as its children."""
    hung_after_s: float | None = 30.0
    """A child whose loop has not turned for this long is abandoned and replaced; None leaves it alone.

    Shorter replaces a stuck child sooner, and one that was only busy as well: no handler may take this long.
    """
    significant: bool = False
    """Whether its end by itself counts for the supervisor's automatic shutdown."""

    def __post_init__(self) -> None:
        require(isinstance(self.id, str) and self.id.strip() != "", "child: id", self.id, "must be a name")
        self._require(callable(self.factory), "factory", "must be a callable that makes the actor")
        self._require(_are_exceptions(self.expected), "expected", "must be a tuple of exception classes")
        self._require(isinstance(self.backoff, Backoff), "backoff", "must be a Backoff")
        object.__setattr__(self, "restart", member(RestartType, self.restart, f"child {self.id!r}: restart"))
        self._require(is_patience(self.start_s), "start_s", "must be seconds, more than 0, or None for ever")
        self._require(is_duration(self.shutdown_s), "shutdown_s", "must be seconds, or 0 not to wait at all")
        self._require(is_patience(self.hung_after_s), "hung_after_s", "must be seconds, more than 0, or None for never")
        self._require(isinstance(self.significant, bool), "significant", "must be True or False")
        self._require(
            not (self.significant and self.restart is RestartType.PERMANENT),
            "significant",
            "a permanent child is always restarted, so its end never counts: make it transient or temporary",
        )

    def _require(self, right: bool, name: str, remedy: str) -> None:  # noqa: FBT001  a condition, not a flag
        require(right, f"child {self.id!r}: {name}", getattr(self, name), remedy)

    def expects(self, reason: BaseException | None) -> bool:
        """Whether the reason is an expected one: of one of these classes, or derived from one."""
        # By identity in the class's own bases: `isinstance` would call a metaclass' `__instancecheck__`.
        bases = type(reason).__mro__
        return any(kind is base for kind in self.expected for base in bases)


def is_patience(value: object) -> bool:
    """Whether it is a number of seconds above 0, or None."""
    return value is None or (is_duration(value) and value > 0)  # type: ignore[operator]


def _are_exceptions(kinds: object) -> bool:
    if not isinstance(kinds, tuple):
        return False
    return all(isinstance(kind, type) and issubclass(kind, BaseException) for kind in kinds)


def check_children(children: Iterable[ChildSpec], strategy: Strategy, auto_shutdown: AutoShutdown) -> None:
    """See that the children can live together.

    Raises:
        SpecError: they cannot; the message names the child and the remedy.
    """
    seen: set[str] = set()
    for spec in children:
        check_child(spec, seen, strategy, auto_shutdown)
        seen.add(spec.id)


def check_child(spec: object, taken: Container[str], strategy: Strategy, auto_shutdown: AutoShutdown) -> None:
    """See that a child can live with those whose names are taken.

    Raises:
        SpecError: it cannot; the message names the child and the remedy.
    """
    if not isinstance(spec, ChildSpec):
        raise SpecError(f"child: a {type(spec).__name__}: must be a ChildSpec")
    if spec.id in taken:
        raise SpecError(f"child {spec.id!r}: id: two children of this {strategy.value} supervisor have it: rename one")
    if spec.significant and auto_shutdown is AutoShutdown.NEVER:
        raise SpecError(
            f"child {spec.id!r}: significant: the supervisor's auto_shutdown is never, so it would count"
            " for nothing: choose any_significant or all_significant"
        )

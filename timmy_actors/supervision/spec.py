"""Child specs and supervisor options, validated when they are created."""

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
"""Creates a new `Actor`."""


class Strategy(Enum):
    """Which children restart when one fails."""

    ONE_FOR_ONE = "one_for_one"
    """Only that child: the children are independent."""
    ONE_FOR_ALL = "one_for_all"
    """Every child: each depends on all others."""
    REST_FOR_ONE = "rest_for_one"
    """That child and those started after it: each depends on the ones before."""


class RestartType(Enum):
    """When a child that has ended restarts."""

    PERMANENT = "permanent"
    """Always."""
    TRANSIENT = "transient"
    """After a failure, not after a stop."""
    TEMPORARY = "temporary"
    """Never, not even if a sibling's failure stopped it."""


class AutoShutdown(Enum):
    """When a supervisor stops because its significant children have finished."""

    NEVER = "never"
    ANY_SIGNIFICANT = "any_significant"
    """When the first of them has finished."""
    ALL_SIGNIFICANT = "all_significant"
    """When the last of them has finished."""


@dataclass(frozen=True)
class ChildSpec:
    """How to start, restart and stop one child; validated on creation.

    Raises:
        SpecError: a field is invalid; the message names the child, the field and the remedy.
    """

    id: str
    """The name of all its incarnations in the directory."""
    factory: Factory
    """Creates a new actor. It runs in the supervisor's thread, so slow work belongs in `on_start`.

    The child fails if the factory raises, or returns anything other than an `Actor` that was never launched.
    """
    restart: RestartType = RestartType.PERMANENT
    expected: tuple[type[BaseException], ...] = ()
    """Expected exit reasons: the child restarts by its backoff without limit, and they do not count as failures."""
    backoff: Backoff = field(default_factory=Backoff)
    start_s: float | None = 30.0
    """A child that has not acknowledged its start after this time fails and is abandoned; None waits without limit."""
    shutdown_s: float = 5.0
    """A child that has not stopped after this time is abandoned. A supervisor needs the sum of its children's times."""
    hung_after_s: float | None = 30.0
    """A child whose loop has not run for this time is abandoned and replaced; None disables the check.

    A shorter time replaces a hung child sooner, but also a busy one: no handler may take this long.
    """
    significant: bool = False
    """Whether its end counts for the supervisor's automatic shutdown."""

    def __post_init__(self) -> None:
        require(isinstance(self.id, str) and self.id.strip() != "", "child: id", self.id, "must be a name")
        self._require(callable(self.factory), "factory", "must be a callable that creates the actor")
        self._require(_are_exceptions(self.expected), "expected", "must be a tuple of exception classes")
        self._require(isinstance(self.backoff, Backoff), "backoff", "must be a Backoff")
        object.__setattr__(self, "restart", member(RestartType, self.restart, f"child {self.id!r}: restart"))
        self._require(is_patience(self.start_s), "start_s", "must be seconds, more than 0, or None for no limit")
        self._require(is_duration(self.shutdown_s), "shutdown_s", "must be seconds, or 0 not to wait at all")
        self._require(is_patience(self.hung_after_s), "hung_after_s", "must be seconds, more than 0, or None for never")
        self._require(isinstance(self.significant, bool), "significant", "must be True or False")
        self._require(
            not (self.significant and self.restart is RestartType.PERMANENT),
            "significant",
            "a permanent child is always restarted, so its end never counts: make it transient or temporary",
        )

    def _require(self, valid: bool, name: str, remedy: str) -> None:  # noqa: FBT001  a condition, not a flag
        require(valid, f"child {self.id!r}: {name}", getattr(self, name), remedy)

    def expects(self, reason: BaseException | None) -> bool:
        """Whether the reason is an instance of an expected class."""
        # By the class's own bases: `isinstance` would call `__instancecheck__` of a metaclass.
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
    """Check a supervisor's children.

    Raises:
        SpecError: a child is invalid; the message names it and the remedy.
    """
    seen: set[str] = set()
    for spec in children:
        check_child(spec, seen, strategy, auto_shutdown)
        seen.add(spec.id)


def check_child(spec: object, taken: Container[str], strategy: Strategy, auto_shutdown: AutoShutdown) -> None:
    """Check a child against the names that are taken.

    Raises:
        SpecError: the child is invalid; the message names it and the remedy.
    """
    if not isinstance(spec, ChildSpec):
        raise SpecError(f"child: a {type(spec).__name__}: must be a ChildSpec")
    if spec.id in taken:
        raise SpecError(f"child {spec.id!r}: id: two children of this {strategy.value} supervisor have it: rename one")
    if spec.significant and auto_shutdown is AutoShutdown.NEVER:
        raise SpecError(
            f"child {spec.id!r}: significant: it has no effect, because the supervisor's auto_shutdown is never:"
            " choose any_significant or all_significant"
        )

"""One call of a daemon: a request, and how its answer is read."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from timmy_actors.errors import DaemonUnreachableError

if TYPE_CHECKING:
    from timmy_actors.protocol import Answer, ServiceRequest

T = TypeVar("T")
M = TypeVar("M", bound=Callable[..., Any])

TRANSPORT_MARGIN_S = 2.0
"""How long past a command's timeout the daemon may take to answer: it waits 1 s for a late result from the game."""
_request_ids = itertools.count(1)


@dataclass(frozen=True)
class Call(Generic[T]):
    """A valid request, and how to read its answer."""

    request: ServiceRequest
    read: Callable[[Answer], T | None]
    """The result in an answer without an error; None: the answer lacks it."""
    answer_within_s: float | None = None
    """How long the answer may take. None: the client's own timeout."""
    of_outcome: Callable[[Any], T] = lambda outcome: outcome
    """The result in an actor's outcome, for a caller in the daemon's process."""

    def result(self, answer: Answer) -> T:
        """The result in the answer.

        Raises:
            DaemonUnreachableError: the answer lacks it.
        """
        value = self.read(answer)
        if value is None:
            raise DaemonUnreachableError(
                "the daemon's answer lacks the requested value: check that the daemon has this client's version"
            )
        return value


def next_id() -> str:
    """An id for a request, unique in this process."""
    return str(next(_request_ids))


def as_method(method: M, define: Callable[..., Call[Any]]) -> M:
    """Show the definition's parameters behind `self`, and its result, to `help` and to `inspect.signature`."""
    shown = inspect.signature(define)
    itself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    returns = str(shown.return_annotation).removeprefix("Call[").removesuffix("]")
    signature = shown.replace(parameters=[itself, *shown.parameters.values()], return_annotation=returns)
    method.__signature__ = signature  # type: ignore[attr-defined]
    return method

"""What the lower modules of this package know of an actor and its mailbox, so that imports point one way only."""

from __future__ import annotations

from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from pykka._envelope import Envelope

if TYPE_CHECKING:
    import pykka

Letter: TypeAlias = Envelope[Any]
"""A message in its envelope, with the reply it asks for, if any."""


class ActorLike(Protocol):
    """An actor, as its name, its replies and its fence need it."""

    actor_name: str
    actor_fenced: bool
    """Whether it was abandoned: nothing it does has an effect any more."""
    actor_busy_since: float | None
    actor_current: Any
    actor_waiting_for: ActorLike | None
    """Whose answer its handler waits for."""

    @property
    def actor_ref(self) -> pykka.ActorRef[Any]:
        """Pykka's reference to it."""
        ...

    @property
    def mailbox(self) -> MailboxLike:
        """Its mailbox."""
        ...


class MailboxLike(Protocol):
    """A mailbox, as a clock waits on it."""

    arrivals: SimpleQueue[Letter]

    @property
    def owner(self) -> ActorLike | None:
        """The actor that takes from it."""
        ...

    @property
    def depth(self) -> int:
        """Messages waiting."""
        ...


class AnswerLike(Protocol):
    """A reply, as a clock waits for it."""

    done: bool

    def await_answer(self, timeout_s: float | None) -> bool:
        """Block this thread for at most `timeout_s` real seconds; whether there is an answer."""
        ...

    def wake_on_answer(self, wake: Any) -> None:
        """Call `wake()` in the answering thread once there is an answer, or now if there is one."""
        ...


class DeadLetterSink(Protocol):
    """Where a mailbox puts what it could not deliver."""

    def add(self, to: str, message: Any, why: str) -> None:
        """Count one."""
        ...

"""Protocols of actors, mailboxes and replies for the lower modules of this package, to avoid import cycles."""

from __future__ import annotations

from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from pykka._envelope import Envelope

if TYPE_CHECKING:
    import pykka

Letter: TypeAlias = Envelope[Any]
"""A message in its envelope, with its reply, if any."""


class ActorLike(Protocol):
    """An actor, as used by the directory, replies and fences."""

    actor_name: str
    actor_fenced: bool
    """Whether it was abandoned; its further actions then have no effect."""
    actor_busy_since: float | None
    actor_current: Any
    actor_waiting_for: ActorLike | None
    """The actor whose answer its handler waits for."""

    def actor_handle_here(self, letter: Letter) -> bool:
        """Handle a message in this thread, a sender's, if the actor waits; False if it must be queued."""
        ...

    @property
    def actor_ref(self) -> pykka.ActorRef[Any]:
        """Pykka's reference to the actor."""
        ...

    @property
    def mailbox(self) -> MailboxLike:
        """The actor's mailbox."""
        ...


class MailboxLike(Protocol):
    """A mailbox, as used by clocks."""

    arrivals: SimpleQueue[Letter]

    @property
    def owner(self) -> ActorLike | None:
        """The actor that takes from it."""
        ...

    @property
    def depth(self) -> int:
        """The number of waiting messages."""
        ...


class AnswerLike(Protocol):
    """A reply, as used by clocks."""

    done: bool

    def await_answer(self, timeout_s: float | None) -> bool:
        """Block this thread for at most `timeout_s` real seconds; True if there is an answer."""
        ...

    def wake_on_answer(self, wake: Any) -> None:
        """Call `wake()` in the answering thread once there is an answer, or now if there is one."""
        ...


class DeadLetterSink(Protocol):
    """A record of undelivered messages."""

    def add(self, to: str, message: Any, why: str) -> None:
        """Record a dead letter."""
        ...

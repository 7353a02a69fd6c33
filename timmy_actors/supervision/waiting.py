"""Asks that wait for the next incarnation of a name. Nobody's thread is held: the message itself waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from timmy_actors.errors import ActorError, MailboxFullError
from timmy_actors.supervision.mailbox import DEFAULT_CAPACITY
from timmy_actors.supervision.protocols import Letter
from timmy_actors.supervision.reply import Reply

if TYPE_CHECKING:
    import pykka


class Names(Protocol):
    """Where incarnations are found."""

    def give_up(self, ask: WaitingAsk) -> None:
        """Answer an ask that waited long enough, if it is still kept."""
        ...

    def park(self, ask: WaitingAsk, refused_by: object) -> bool:
        """Keep an ask until another incarnation than the one with this mailbox answers to its name."""
        ...


class WaitingAsk:
    """One ask whose asker waits for a restart until `until`."""

    def __init__(self, names: Names, name: str, letter: Letter | None, reply: Reply, until: float) -> None:
        self.name = name
        self.until = until
        self._names = names
        self._letter = letter
        self._reply = reply

    def to_next(self, refused_by: object) -> bool:
        """See `Redirection`."""
        return self._names.park(self, refused_by)

    def give_up(self) -> None:
        """See `Redirection`."""
        self._names.give_up(self)

    def fail(self, error: ActorError) -> None:
        """Answer it without an incarnation."""
        self._reply.fail(error)

    def deliver(self, ref: pykka.ActorRef[Any]) -> None:
        """Hand the message to an incarnation; without a message, the incarnation is the answer."""
        if self._letter is None:
            self._reply.set(ref)
            return
        self._reply.asked = getattr(ref.actor_inbox, "owner", None)
        try:
            ref.actor_inbox.put(self._letter)
        except MailboxFullError as error:
            self._reply.fail(error)


class WaitingRoom:
    """Asks that are kept, by name, in the order of their coming. The directory's lock guards it."""

    def __init__(self) -> None:
        self._by_name: dict[str, dict[WaitingAsk, None]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def add(self, ask: WaitingAsk) -> None:
        """One more.

        Raises:
            MailboxFullError: as many wait as a mailbox takes.
        """
        kept = self._by_name.setdefault(ask.name, {})
        if len(kept) >= DEFAULT_CAPACITY:
            raise MailboxFullError(f"{len(kept)} messages wait for {ask.name!r} to come back already")
        kept[ask] = None

    def discard(self, ask: WaitingAsk) -> bool:
        """Take one out; False when it is not there."""
        kept = self._by_name.get(ask.name)
        if kept is None or ask not in kept:
            return False
        del kept[ask]
        if not kept:
            del self._by_name[ask.name]
        return True

    def take(self, name: str) -> tuple[WaitingAsk, ...]:
        """All that wait for a name, taken out."""
        return tuple(self._by_name.pop(name, ()))

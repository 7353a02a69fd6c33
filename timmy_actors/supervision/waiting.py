"""Asks that wait for the next incarnation of a name. The message waits; no thread is blocked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from timmy_actors.errors import ActorError, MailboxFullError
from timmy_actors.supervision.mailbox import DEFAULT_CAPACITY
from timmy_actors.supervision.protocols import Letter
from timmy_actors.supervision.reply import Reply

if TYPE_CHECKING:
    import pykka


class Names(Protocol):
    """The directory, as used by waiting asks."""

    def give_up(self, ask: WaitingAsk) -> None:
        """Answer an expired ask, if it is still stored."""
        ...

    def park(self, ask: WaitingAsk, refused_by: object) -> bool:
        """Store an ask until an incarnation without this mailbox is registered; False if the ask has expired."""
        ...


class WaitingAsk:
    """An ask that waits for an incarnation until `until`, in monotonic seconds."""

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
        """Answer the ask with an error."""
        self._reply.fail(error)

    def deliver(self, ref: pykka.ActorRef[Any]) -> None:
        """Deliver the message to an incarnation; without a message, the incarnation itself is the answer."""
        if self._letter is None:
            self._reply.set(ref)
            return
        self._reply.asked = getattr(ref.actor_inbox, "owner", None)
        try:
            ref.actor_inbox.put(self._letter)
        except MailboxFullError as error:
            self._reply.fail(error)


class WaitingRoom:
    """Waiting asks by name, in order of arrival. Guarded by the directory's lock."""

    def __init__(self) -> None:
        self._by_name: dict[str, dict[WaitingAsk, None]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def add(self, ask: WaitingAsk) -> None:
        """Add an ask.

        Raises:
            MailboxFullError: as many asks wait for the name as a mailbox holds.
        """
        waiting = self._by_name.setdefault(ask.name, {})
        if len(waiting) >= DEFAULT_CAPACITY:
            raise MailboxFullError(f"{len(waiting)} messages already wait for {ask.name!r} to restart")
        waiting[ask] = None

    def discard(self, ask: WaitingAsk) -> bool:
        """Remove an ask; False if it is not present."""
        waiting = self._by_name.get(ask.name)
        if waiting is None or ask not in waiting:
            return False
        del waiting[ask]
        if not waiting:
            del self._by_name[ask.name]
        return True

    def take(self, name: str) -> tuple[WaitingAsk, ...]:
        """Remove and return all asks for a name."""
        return tuple(self._by_name.pop(name, ()))

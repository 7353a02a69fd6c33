"""Names that outlive incarnations: everybody talks to `directory["perception"]`, whoever answers to it today."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import pykka
from pykka._envelope import Envelope

from timmy_actors.errors import ActorError, NoSuchActor, SpecError
from timmy_actors.supervision.child import ChildState
from timmy_actors.supervision.clock import MONOTONIC, Clock
from timmy_actors.supervision.dead_letters import DeadLetters
from timmy_actors.supervision.events import EventStream
from timmy_actors.supervision.here import check_fence, current
from timmy_actors.supervision.orphans import Orphans
from timmy_actors.supervision.reply import Reply

if TYPE_CHECKING:
    from timmy_actors.supervision.actor import Actor

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """What the directory knows of a name; replaced whole, so that a reader sees one moment."""

    name: str
    state: ChildState = ChildState.UNSTARTED
    generation: int = 0
    """How many incarnations there have been."""
    restarts: int = 0
    reason: BaseException | None = None
    """Why the last incarnation ended."""
    last_reason: str | None = None
    """The same in words; None when none has ended."""
    parent: str | None = None
    ref: pykka.ActorRef[Any] | None = None

    @property
    def actor(self) -> Actor | None:
        """The incarnation itself, to read what needs no asking: `busy_since`, `current`, its mailbox's depth."""
        return getattr(self.ref.actor_inbox, "owner", None) if self.ref is not None else None

    @property
    def depth(self) -> int:
        """Messages waiting in its mailbox."""
        return self.actor.mailbox.depth if self.actor is not None else 0


@dataclass(frozen=True)
class Down:
    """A monitored incarnation has ended, or was not there to begin with."""

    name: str
    generation: int
    reason: BaseException | None


Watcher: TypeAlias = Callable[[Down], object]


class Directory:
    """The names of one tree, and what its supervisors share. Supervisors write it, everybody reads it."""

    def __init__(self, *, clock: Clock = MONOTONIC, orphan_limit: int | None = None) -> None:
        self._entries: Mapping[str, Entry] = MappingProxyType({})
        self._answers = threading.Condition()
        """Told when somebody new answers to a name: all that anybody waits for."""
        self._watchers: dict[str, list[Watcher]] = {}
        self.clock = clock
        self.dead_letters = DeadLetters(clock)
        self.events = EventStream()
        self.orphans = Orphans() if orphan_limit is None else Orphans(orphan_limit)

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Every name, as of one moment."""
        return self._entries

    def write(self, entry: Entry) -> None:
        """Replace what is known of a name.

        Raises:
            SpecError: another supervisor's child has it.
        """
        check_fence()
        with self._answers:
            before = self._entries.get(entry.name)
            _refuse_second_owner(before, entry)
            self._entries = MappingProxyType({**self._entries, entry.name: entry})
            ended = before is not None and before.ref is not None and entry.ref is not before.ref
            watchers = self._watchers.pop(entry.name, []) if ended else []
            if entry.ref is not None and (before is None or before.ref is not entry.ref):
                self._answers.notify_all()
        for watcher in watchers:
            self._tell_watcher(watcher, Down(entry.name, before.generation if before else 0, entry.reason))

    def forget(self, name: str) -> None:
        """Drop a name whose child was removed."""
        with self._answers:
            self._entries = MappingProxyType({key: entry for key, entry in self._entries.items() if key != name})

    def monitor(self, name: str, watcher: Watcher) -> None:
        """Call `watcher` with exactly one `Down` when the present incarnation of `name` ends; at once if there is none.

        It is called in the supervisor's thread, so it must only hand on: `lambda down: my_ref.tell(down)`.
        """
        check_fence()
        with self._answers:
            entry = self._entries.get(name)
            if entry is not None and entry.ref is not None:
                self._watchers.setdefault(name, []).append(watcher)
                return
        reason = entry.reason if entry is not None else NoSuchActor(f"nobody is called {name!r}")
        self._tell_watcher(watcher, Down(name, entry.generation if entry is not None else 0, reason))

    def ref(self, name: str, wait_s: float = 0.0) -> pykka.ActorRef[Any]:
        """The incarnation that answers to `name`, waiting up to `wait_s` for one.

        Raises:
            NoSuchActor: there is none.
        """
        entry = self._entries.get(name)
        if entry is not None and entry.ref is not None:
            return entry.ref
        return self._await_ref(name, wait_s)

    def tell(self, name: str, message: Any) -> bool:
        """Send without waiting; False when nobody took it (then it is a dead letter)."""
        check_fence()
        try:
            self.ref(name).tell(message)
        except (ActorError, pykka.ActorDeadError) as error:
            self.dead_letters.add(name, message, str(error))
            return False
        return True

    def notify(self, name: str, message: Any) -> None:
        """Tell who is there now. Nobody misses it: who starts later looks for himself how things stand."""
        entry = self._entries.get(name)
        if entry is not None and entry.ref is not None:
            self.tell(name, message)

    def ask(self, name: str, message: Any, *, timeout_s: float, wait_s: float = 0.0) -> Reply:
        """Ask `name`; the reply's deadline is `timeout_s` from now, whatever happens to the actor.

        `wait_s` is how long to wait for a restart; 0 fails fast. Every failure arrives through the reply.
        """
        check_fence()
        reply = Reply(self.clock.now() + timeout_s, self.clock)
        try:
            inbox = self.ref(name, min(wait_s, timeout_s)).actor_inbox
            reply.asked = getattr(inbox, "owner", None)
            inbox.put(Envelope(message, reply_to=reply))
        except ActorError as error:
            reply.fail(error)
        return reply

    def _tell_watcher(self, watcher: Watcher, down: Down) -> None:
        try:
            watcher(down)
        except BaseException as error:
            if not isinstance(error, Exception) and current() is None:
                raise  # Ctrl-C in the main thread, say; a supervisor is not ended by who listens
            log.exception("a monitor of %s failed and is gone", down.name)

    def _await_ref(self, name: str, wait_s: float) -> pykka.ActorRef[Any]:
        with self._answers:
            self._answers.wait_for(lambda: name in self._entries and self._entries[name].ref is not None, wait_s)
            entry = self._entries.get(name)
        if entry is None or entry.ref is None:
            state = f"it is {entry.state.value}" if entry is not None else "no such name"
            raise NoSuchActor(f"nobody answers to {name!r}: {state}")
        return entry.ref


def _refuse_second_owner(before: Entry | None, entry: Entry) -> None:
    if before is not None and before.ref is not None and before.parent not in (None, entry.parent):
        raise SpecError(
            f"child {entry.name!r}: id: a child of {before.parent} answers to it already: names are the whole tree's"
        )

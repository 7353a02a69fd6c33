"""Names that outlive incarnations: everybody talks to `directory["perception"]`, whoever answers to it today."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

import pykka
from pykka._envelope import Envelope

from timmy_actors.errors import ActorError, NoSuchActor
from timmy_actors.supervision.reply import Reply


class ChildState(Enum):
    """Where a named actor is in its life."""

    STARTING = "starting"
    UP = "up"
    WAITING = "waiting to restart"
    DOWN = "down"


@dataclass(frozen=True)
class Entry:
    """What the directory knows of a name; replaced whole, so that a reader sees one moment."""

    name: str
    state: ChildState = ChildState.STARTING
    generation: int = 0
    """How many incarnations there have been."""
    restarts: int = 0
    last_reason: str | None = None
    """Why the last incarnation ended, for people."""
    parent: str | None = None
    ref: pykka.ActorRef[Any] | None = None

    @property
    def depth(self) -> int:
        """Messages waiting in its mailbox, read without asking it."""
        return getattr(self.ref.actor_inbox, "depth", 0) if self.ref is not None else 0


class Directory:
    """The names of one tree. Supervisors write it, everybody reads it."""

    def __init__(self) -> None:
        self._entries: Mapping[str, Entry] = MappingProxyType({})
        self._changed = threading.Condition()
        self.dead_letters = 0
        """Messages told to a name that nobody answered to."""

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Every name, as of one moment."""
        return self._entries

    def write(self, entry: Entry) -> None:
        """Replace what is known of a name."""
        with self._changed:
            self._entries = MappingProxyType({**self._entries, entry.name: entry})
            self._changed.notify_all()

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
        """Send without waiting; False when nobody took it (then it is counted as a dead letter)."""
        try:
            self.ref(name).tell(message)
        except (ActorError, pykka.ActorDeadError):
            self.dead_letters += 1
            return False
        return True

    def ask(self, name: str, message: Any, *, timeout_s: float, wait_s: float = 0.0) -> Reply:
        """Ask `name`; the reply's deadline is `timeout_s` from now, whatever happens to the actor.

        `wait_s` is how long to wait for a restart; 0 fails fast. Every failure arrives through the reply.
        """
        reply = Reply(deadline=time.monotonic() + timeout_s)
        try:
            self.ref(name, min(wait_s, timeout_s)).actor_inbox.put(Envelope(message, reply_to=reply))
        except ActorError as error:
            reply.fail(error)
        return reply

    def _await_ref(self, name: str, wait_s: float) -> pykka.ActorRef[Any]:
        with self._changed:
            self._changed.wait_for(lambda: name in self._entries and self._entries[name].ref is not None, wait_s)
            entry = self._entries.get(name)
        if entry is None or entry.ref is None:
            state = f"it is {entry.state.value}" if entry is not None else "no such name"
            raise NoSuchActor(f"nobody answers to {name!r}: {state}")
        return entry.ref

"""Maps names to actors. A name outlives incarnations: senders use `"perception"`, whichever incarnation has it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import pykka
from pykka._envelope import Envelope

from timmy_actors.errors import ActorError, EndedBeforeError, FencedError, MailboxFullError, NoSuchActorError, SpecError
from timmy_actors.supervision.checks import is_duration, require
from timmy_actors.supervision.clock import MONOTONIC, Clock
from timmy_actors.supervision.context import call_observer, check_fence
from timmy_actors.supervision.dead_letters import DeadLetters
from timmy_actors.supervision.effects import AskTimeouts
from timmy_actors.supervision.events import EventKind, EventStream, Observers, SupervisionEvent
from timmy_actors.supervision.futex_table import FUTEX_TABLE
from timmy_actors.supervision.monitors import Down, Monitor, Monitors, Watcher
from timmy_actors.supervision.protocols import ActorLike
from timmy_actors.supervision.reply import Reply
from timmy_actors.supervision.roster import RESTING, Child, ChildState
from timmy_actors.supervision.waiting import WaitingAsk, WaitingRoom
from timmy_actors.supervision.watchdog import AbandonedActors


class Names:
    """Writes the directory entries and events of the children of one supervisor incarnation."""

    def __init__(self, directory: Directory) -> None:
        self.parent = ""
        """The supervisor's name."""
        self.observers = directory.observers
        self._directory = directory
        self._owner = Owner()

    def claim(self, name: str, generation: int, ref: Any) -> None:
        """Register an incarnation under a name.

        Raises:
            SpecError: another supervisor's child has the name.
        """
        entry = self._directory.entry(name) or Entry(name)
        started = entry.changed(state=ChildState.STARTING, generation=generation, parent=self.parent, ref=ref)
        self._directory.write(started, self._owner)

    def write(self, name: str, reason: BaseException | None = None, *, last: bool = False, **changes: Any) -> None:
        """Change a name's entry; a no-op if the name does not belong to this supervisor."""
        entry = self._directory.entry(name)
        if entry is not None:
            self._directory.write(entry.changed(**changes), self._owner, reason, last=last, owned=True)

    def ended(self, name: str, reason: BaseException | None, words: str, *, last: bool = False, **changes: Any) -> None:
        """Record the end of an incarnation."""
        kind = None if reason is None else type(reason)
        self.write(name, reason, last=last, ref=None, reason_type=kind, last_reason=words, **changes)

    def forget(self, name: str) -> None:
        """Remove a name; a no-op if it does not belong to this supervisor."""
        self._directory.forget(name, self._owner)

    def retire(self, name: str, generation: int, reason: BaseException | None) -> None:
        """Remove the name of an incarnation that has ended; a no-op if it has another one. Any thread may call it."""
        self._directory.retire(name, generation, reason, self._owner)

    def revoke(self) -> None:
        """Release the names of an abandoned supervisor for its successor."""
        self._owner.revoked = True

    def leave(self, children: Iterable[Child]) -> None:
        """Mark the declared children as down and remove the added ones, when the supervisor ends."""
        for child in children:
            if child.added:
                self.forget(child.id)
            else:
                self.write(child.id, state=ChildState.DOWN, ref=None)

    def publish(self, kind: EventKind, name: str, generation: int, detail: str) -> None:
        """Publish an event."""
        event = SupervisionEvent(kind, name, generation, detail, self._directory.clock.now())
        self._directory.events.publish(event)


__all__ = ["Directory", "Down", "Entry", "Owner"]


@dataclass(frozen=True)
class Entry:
    """The directory's entry of a name; immutable, so that a reader sees a consistent state."""

    name: str
    state: ChildState = ChildState.UNSTARTED
    generation: int = 0
    """The number of the latest incarnation; it increases, and no two incarnations of a name share one."""
    restarts: int = 0
    reason_type: type[BaseException] | None = None
    """The exception class that ended the last incarnation; None if it stopped, or none has ended.

    The exception itself is not stored, because its arguments and frames may reference large objects.
    """
    last_reason: str | None = None
    """Why the last incarnation ended, as text; None if none has ended."""
    parent: str | None = None
    ref: pykka.ActorRef[Any] | None = None

    @property
    def actor(self) -> ActorLike | None:
        """The actor object, for reading its attributes without a message: `actor_busy_since`, its mailbox's depth."""
        return getattr(self.ref.actor_inbox, "owner", None) if self.ref is not None else None

    def changed(self, **changes: Any) -> Entry:
        """A copy with these fields changed; at least ten times as fast as `dataclasses.replace`."""
        entry = object.__new__(Entry)
        entry.__dict__.update(self.__dict__, **changes)
        return entry

    @property
    def depth(self) -> int:
        """The number of messages waiting in its mailbox."""
        return self.actor.mailbox.depth if self.actor is not None else 0


class Owner:
    """The owner of names: one supervisor incarnation, compared by identity."""

    def __init__(self) -> None:
        self.revoked = False
        """Whether the supervisor was abandoned: its names are released, and it may not write them."""


class Directory:
    """The names of one tree and the state its supervisors share. Supervisors write it, any thread reads it."""

    def __init__(self, *, clock: Clock = MONOTONIC, orphan_limit: int | None = None) -> None:
        self._entries: dict[str, Entry] = {}
        self._snapshot: Mapping[str, Entry] | None = None
        """A copy of the entries for readers, valid until the next write."""
        self._owners: dict[str, Owner | None] = {}
        self._highest_removed = 0
        """The highest generation of any removed name; new generations start above it."""
        # Reentrant, because a signal handler that sends can interrupt its own thread anywhere.
        self._lock = threading.RLock()
        self._monitors = Monitors()
        self._waiting = WaitingRoom()
        self.clock = clock
        self.dead_letters = DeadLetters(clock)
        self.events = EventStream()
        self.observers = Observers(clock)
        self._timeouts = AskTimeouts(clock, self._waiting, self.give_up, self.observers.call)
        self.abandoned = AbandonedActors() if orphan_limit is None else AbandonedActors(orphan_limit)

    # Reading.

    @property
    def entries(self) -> Mapping[str, Entry]:
        """All entries, as an immutable snapshot. It is copied after each change; use `entry` for a single name."""
        snapshot = self._snapshot
        if snapshot is None:
            with self._lock:
                snapshot = self._snapshot = MappingProxyType(dict(self._entries))
        return snapshot

    def entry(self, name: str) -> Entry | None:
        """The current entry of a name, or None."""
        return self._entries.get(name)

    def ref(self, name: str, wait_s: float = 0.0) -> pykka.ActorRef[Any]:
        """The incarnation registered as `name`; blocks the thread for up to `wait_s` until there is one.

        Raises:
            NoSuchActorError: no actor is registered as `name`.
        """
        entry = self._entries.get(name)
        if entry is not None and entry.ref is not None:
            return entry.ref
        if wait_s <= 0:
            raise NoSuchActorError(self.why_not(name))
        until = self.clock.now() + wait_s
        reply = Reply(None, self.clock)
        reply.redirection = WaitingAsk(self, name, None, reply, until)
        reply.refuse(NoSuchActorError(self.why_not(name)), None)
        ref: pykka.ActorRef[Any] = reply.get()
        return ref

    def why_not(self, name: str) -> str:
        """Why no actor is registered under a name."""
        entry = self._entries.get(name)
        state = f"it is {entry.state.value}" if entry is not None else "the name is unknown"
        return f"no actor is registered as {name!r}: {state}"

    # Sending.

    def tell(self, name: str, message: Any) -> bool:
        """Send without waiting; False if the message was not delivered (it is then a dead letter)."""
        check_fence()
        try:
            self.ref(name).tell(message)
        except (ActorError, pykka.ActorDeadError) as error:
            self.dead_letters.add(name, message, str(error))
            return False
        return True

    def notify(self, name: str, message: Any) -> None:
        """Send only if an incarnation exists; for changes that a later one reads from shared state at its start."""
        entry = self._entries.get(name)
        if entry is not None and entry.ref is not None:
            self.tell(name, message)

    def ask(self, name: str, message: Any, *, timeout_s: float, wait_s: float = 0.0) -> Reply:
        """Send a request to `name`. The reply's deadline is `timeout_s` from now (infinity: none).

        `wait_s` is how long the message may wait for an incarnation; 0 fails at once. A message that no incarnation has
        started to handle is passed to the next one; a message whose handling has started is not. It does not block:
        every failure is set on the reply.

        Raises:
            SpecError: a timeout is not a number of seconds, 0 or more.
        """
        check_fence()
        require(is_duration(timeout_s), "ask: timeout_s", timeout_s, "must be seconds, 0 or more, or infinity")
        now = self.clock.now()
        reply = Reply(now + timeout_s, self.clock)
        letter = Envelope(message, reply_to=reply)
        if wait_s:
            require(is_duration(wait_s), "ask: wait_s", wait_s, "must be seconds, 0 or more, or infinity")
            reply.redirection = WaitingAsk(self, name, letter, reply, now + min(wait_s, timeout_s))
        entry = self._entries.get(name)
        if entry is None or entry.ref is None:
            reply.refuse(NoSuchActorError(self.why_not(name)), None)
            return reply
        inbox = entry.ref.actor_inbox
        reply.asked = getattr(inbox, "owner", None)
        try:
            inbox.put(letter)
        except ActorError as error:
            reply.fail(error)
        return reply

    def park(self, ask: WaitingAsk, refused_by: object) -> bool:
        """Store an ask until another incarnation is registered; see `waiting.Names`."""
        if self.clock.now() >= ask.until:
            return False
        with self._lock:
            entry = self._entries.get(ask.name)
            ref = entry.ref if entry is not None else None
            available = ref is not None and ref.actor_inbox is not refused_by
            try:
                if not available:
                    self._waiting.add(ask)
            except MailboxFullError as error:
                ask.fail(error)
                return True
        if available and ref is not None:
            ask.deliver(ref)
        else:
            self._timeouts.watch(ask)
        return True

    def give_up(self, ask: WaitingAsk) -> None:
        """Answer an expired ask; see `waiting.Names`."""
        with self._lock:
            waits = self._waiting.discard(ask)
        if waits:
            ask.fail(NoSuchActorError(self.why_not(ask.name)))
            self._check_waiting()

    def _check_waiting(self) -> None:
        if not self._waiting:
            self._timeouts.none_waiting()

    # Monitoring.

    def monitor(self, name: str, watcher: Watcher) -> Monitor:
        """Call `watcher` with exactly one `Down` when the current incarnation of `name` ends; at once if there is none.

        Watchers are called one after the other in a separate thread and should not block.
        """
        check_fence()
        require(callable(watcher), f"monitor of {name!r}: watcher", watcher, "must be a callable that takes a Down")
        monitor = Monitor(name, watcher)
        with self._lock:
            entry = self._entries.get(name)
            if entry is not None and entry.ref is not None:
                self._monitors.add(monitor)
                return monitor
        down = Down(name, 0, NoSuchActorError(self.why_not(name))) if entry is None else _past(entry)
        call_observer(partial(monitor.notify, down))
        return monitor

    def demonitor(self, monitor: Monitor) -> bool:
        """Remove a monitor; False if its `Down` was delivered or is being delivered."""
        with self._lock:
            return self._monitors.discard(monitor)

    # Writing: supervisors.

    def write(
        self,
        entry: Entry,
        owner: Owner | None = None,
        reason: BaseException | None = None,
        *,
        last: bool = False,
        owned: bool = False,
    ) -> None:
        """Replace what is known of a name; `reason` goes to its monitors.

        `last` marks the final write on behalf of an owner that was just abandoned. With `owned` it is a no-op if the
        name does not belong to the owner: a child that is removed retires its name in its own thread.

        Raises:
            SpecError: another supervisor's child has the name.
            FencedError: the owner was abandoned.
        """
        check_fence()
        FUTEX_TABLE.fit(len(self._entries))
        with self._lock:
            if owned and not self.owns(entry.name, owner):
                return
            if owner is not None and owner.revoked and not last:
                raise FencedError(f"the supervisor of {entry.name} was abandoned and replaced")
            before = self._entries.get(entry.name)
            self._refuse_second_owner(before, owner)
            self._entries[entry.name] = entry
            self._owners[entry.name] = owner
            self._snapshot = None
            ended = before is not None and before.ref is not None and entry.ref is not before.ref
            monitors = self._monitors.take(entry.name) if ended else ()
            waiting = self._waiting.take(entry.name) if entry.ref is not None else ()
        self._notify(monitors, Down(entry.name, before.generation if before else 0, reason))
        if entry.ref is not None:
            for ask in waiting:
                ask.deliver(entry.ref)
            if waiting:
                self._check_waiting()

    def _notify(self, monitors: Iterable[Monitor], down: Down) -> None:
        for monitor in monitors:
            self.observers.call(partial(monitor.notify, down))

    def owns(self, name: str, owner: Owner | None) -> bool:
        """Whether the name belongs to this owner."""
        return name in self._entries and self._owners.get(name) is owner

    def forget(self, name: str, owner: Owner | None = None) -> None:
        """Remove a name; a no-op if it belongs to another owner."""
        with self._lock:
            if not self.owns(name, owner):
                return
            self._highest_removed = max(self._highest_removed, self._entries[name].generation)
            del self._entries[name], self._owners[name]
            self._snapshot = None

    def retire(self, name: str, generation: int, reason: BaseException | None, owner: Owner | None = None) -> None:
        """Remove a name whose incarnation has ended; a no-op if it belongs to another owner or incarnation."""
        with self._lock:
            if not self.owns(name, owner) or self._entries[name].generation != generation:
                return
            monitors = self._monitors.take(name)
            self.forget(name, owner)
        self._notify(monitors, Down(name, generation, reason))

    def next_generation(self, name: str, last: int = 0) -> int:
        """A number above that of every incarnation of this name; `last` is the highest one known to the caller."""
        entry = self._entries.get(name)
        return max(last, self._highest_removed if entry is None else entry.generation) + 1

    def _refuse_second_owner(self, before: Entry | None, owner: Owner | None) -> None:
        if before is None:
            return
        theirs = self._owners[before.name]
        is_free = before.ref is None and before.state in RESTING
        if theirs is not owner and not is_free and not (theirs is not None and theirs.revoked):
            raise SpecError(
                f"child {before.name!r}: id: a child of {before.parent} has this name:"
                " names are unique in the whole tree: rename one"
            )


def _past(entry: Entry) -> Down:
    """The `Down` for a monitor of an incarnation that has already ended."""
    reason = None if entry.reason_type is None else EndedBeforeError(entry.last_reason or entry.reason_type.__name__)
    return Down(entry.name, entry.generation, reason)

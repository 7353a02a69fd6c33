"""Names that outlive incarnations: everybody talks to `directory["perception"]`, whoever answers to it today."""

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
from timmy_actors.supervision.effects import Keeper
from timmy_actors.supervision.events import EventKind, EventStream, Observers, SupervisionEvent
from timmy_actors.supervision.futex_table import FUTEX_TABLE
from timmy_actors.supervision.monitors import Down, Monitor, Monitors, Watcher
from timmy_actors.supervision.protocols import ActorLike
from timmy_actors.supervision.reply import Reply
from timmy_actors.supervision.roster import RESTING, Child, ChildState
from timmy_actors.supervision.waiting import WaitingAsk, WaitingRoom
from timmy_actors.supervision.watchdog import AbandonedActors


class Names:
    """What one incarnation of a supervisor says of its children."""

    def __init__(self, directory: Directory) -> None:
        self.parent = ""
        """What the supervisor is called."""
        self._directory = directory
        self._owner = Owner()

    def claim(self, name: str, generation: int, ref: Any) -> None:
        """Let an incarnation answer to a name from now on.

        Raises:
            SpecError: another supervisor's child has the name.
        """
        entry = self._directory.entry(name) or Entry(name)
        started = entry.changed(state=ChildState.STARTING, generation=generation, parent=self.parent, ref=ref)
        self._directory.write(started, self._owner)

    def write(self, name: str, reason: BaseException | None = None, *, last: bool = False, **changes: Any) -> None:
        """Change what is known of a name; a no-op when it is not, or not any more, one of this supervisor's."""
        if self._directory.owns(name, self._owner):
            entry = self._directory.entry(name) or Entry(name)
            self._directory.write(entry.changed(**changes), self._owner, reason, last=last)

    def ended(self, name: str, reason: BaseException | None, words: str, *, last: bool = False, **changes: Any) -> None:
        """Say that an incarnation ended."""
        kind = None if reason is None else type(reason)
        self.write(name, reason, last=last, ref=None, reason_type=kind, last_reason=words, **changes)

    def forget(self, name: str) -> None:
        """Drop a name; a no-op when it is not one of this supervisor's."""
        self._directory.forget(name, self._owner)

    def revoke(self) -> None:
        """This supervisor was abandoned: its names are free for its successor."""
        self._owner.revoked = True

    def leave(self, children: Iterable[Child]) -> None:
        """The supervisor ends: those that were declared are down until its successor comes, the others are gone."""
        for child in children:
            if child.added:
                self.forget(child.id)
            else:
                self.write(child.id, state=ChildState.DOWN, ref=None)

    def say(self, kind: EventKind, name: str, generation: int, detail: str) -> None:
        """Publish an event."""
        event = SupervisionEvent(kind, name, generation, detail, self._directory.clock.now())
        self._directory.events.publish(event)


__all__ = ["Directory", "Down", "Entry", "Owner"]


@dataclass(frozen=True)
class Entry:
    """What the directory knows of a name; replaced whole, so that a reader sees one moment."""

    name: str
    state: ChildState = ChildState.UNSTARTED
    generation: int = 0
    """The number of the latest incarnation. It grows, and no two incarnations of a name ever share one."""
    restarts: int = 0
    reason_type: type[BaseException] | None = None
    """Of what class the reason was for which the last incarnation ended; None when it stopped, or none has ended.

    The exception itself is not kept: its message and its frames may hold on to anything.
    """
    last_reason: str | None = None
    """Why the last incarnation ended, in words; None when none has ended."""
    parent: str | None = None
    ref: pykka.ActorRef[Any] | None = None

    @property
    def actor(self) -> ActorLike | None:
        """The incarnation itself, to read what needs no asking: `actor_busy_since`, its mailbox's depth."""
        return getattr(self.ref.actor_inbox, "owner", None) if self.ref is not None else None

    def changed(self, **changes: Any) -> Entry:
        """The same, but for the fields named. Takes a tenth of the time of `dataclasses.replace`, or less."""
        entry = object.__new__(Entry)
        entry.__dict__.update(self.__dict__, **changes)
        return entry

    @property
    def depth(self) -> int:
        """Messages waiting in its mailbox."""
        return self.actor.mailbox.depth if self.actor is not None else 0


class Owner:
    """Who writes names: one incarnation of a supervisor, by identity: two supervisors of one name are two owners."""

    def __init__(self) -> None:
        self.revoked = False
        """Whether it was abandoned: its names are free, and it writes none any more."""


class Directory:
    """The names of one tree, and what its supervisors share. Supervisors write it, everybody reads it."""

    def __init__(self, *, clock: Clock = MONOTONIC, orphan_limit: int | None = None) -> None:
        self._entries: dict[str, Entry] = {}
        self._moment: Mapping[str, Entry] | None = None
        """A copy of the entries for readers, until the next write."""
        self._owners: dict[str, Owner | None] = {}
        self._highest_forgotten = 0
        """The highest generation of any name that was forgotten: numbers go on above it."""
        # Reentrant: a signal handler that sends interrupts its own thread wherever it is.
        self._lock = threading.RLock()
        self._monitors = Monitors()
        self._waiting = WaitingRoom()
        self.clock = clock
        self.dead_letters = DeadLetters(clock)
        self.events = EventStream()
        self.observers = Observers(clock)
        self._keeper = Keeper(clock, self._waiting, self.give_up, self.observers.call)
        self.abandoned = AbandonedActors() if orphan_limit is None else AbandonedActors(orphan_limit)

    # Reading.

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Every name, as of one moment. Copies them all after each change: for one name there is `entry`."""
        moment = self._moment
        if moment is None:
            with self._lock:
                moment = self._moment = MappingProxyType(dict(self._entries))
        return moment

    def entry(self, name: str) -> Entry | None:
        """What is known of one name now, or None."""
        return self._entries.get(name)

    def ref(self, name: str, wait_s: float = 0.0) -> pykka.ActorRef[Any]:
        """The incarnation that answers to `name`, waiting up to `wait_s` for one; this blocks the thread.

        Raises:
            NoSuchActorError: there is none.
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
        """Why nothing answers to a name."""
        entry = self._entries.get(name)
        state = f"it is {entry.state.value}" if entry is not None else "there is no such name"
        return f"no actor answers to {name!r}: {state}"

    # Sending.

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
        """Ask `name`; the reply's deadline is `timeout_s` from now (infinity: none), whatever happens to the actor.

        `wait_s` is how long the message may wait for an incarnation to take it; 0 fails at once. A message that no
        incarnation has begun to handle is handed to the next one; one that was begun never is. Never blocks: every
        failure arrives through the reply.

        Raises:
            SpecError: a time-out that is no number of seconds, 0 or more.
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
        """See `Names`: for asks that wait for a restart."""
        if self.clock.now() >= ask.until:
            return False
        with self._lock:
            entry = self._entries.get(ask.name)
            ref = entry.ref if entry is not None else None
            here = ref is not None and ref.actor_inbox is not refused_by
            try:
                if not here:
                    self._waiting.add(ask)
            except MailboxFullError as error:
                ask.fail(error)
                return True
        if here and ref is not None:
            ask.deliver(ref)
        else:
            self._keeper.watch(ask)
        return True

    def give_up(self, ask: WaitingAsk) -> None:
        """See `Names`."""
        with self._lock:
            waits = self._waiting.discard(ask)
        if waits:
            ask.fail(NoSuchActorError(self.why_not(ask.name)))
            self._look_who_waits()

    def _look_who_waits(self) -> None:
        if not self._waiting:
            self._keeper.nobody_waits()

    # Monitoring.

    def monitor(self, name: str, watcher: Watcher) -> Monitor:
        """Call `watcher` with exactly one `Down` when the present incarnation of `name` ends; at once if there is none.

        It is called outside the supervisors' threads, one monitor after the other: hand on what takes time.
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
        """Take a monitor back; False when its `Down` is on the way or was delivered."""
        with self._lock:
            return self._monitors.discard(monitor)

    # Writing: supervisors.

    def write(
        self, entry: Entry, owner: Owner | None = None, reason: BaseException | None = None, *, last: bool = False
    ) -> None:
        """Replace what is known of a name; `reason` goes to its monitors.

        `last` is the word of an owner that was just abandoned, said on its behalf.

        Raises:
            SpecError: another supervisor's child has the name.
            FencedError: the owner was abandoned.
        """
        check_fence()
        FUTEX_TABLE.fit(len(self._entries))
        with self._lock:
            if owner is not None and owner.revoked and not last:
                raise FencedError(f"the supervisor of {entry.name} was abandoned and replaced")
            before = self._entries.get(entry.name)
            self._refuse_second_owner(before, owner)
            self._entries[entry.name] = entry
            self._owners[entry.name] = owner
            self._moment = None
            ended = before is not None and before.ref is not None and entry.ref is not before.ref
            monitors = self._monitors.take(entry.name) if ended else ()
            waiting = self._waiting.take(entry.name) if entry.ref is not None else ()
        for monitor in monitors:
            down = Down(entry.name, before.generation if before else 0, reason)
            self.observers.call(partial(monitor.notify, down))
        if entry.ref is not None:
            for ask in waiting:
                ask.deliver(entry.ref)
            if waiting:
                self._look_who_waits()

    def owns(self, name: str, owner: Owner | None) -> bool:
        """Whether it is this owner's name now."""
        return name in self._entries and self._owners.get(name) is owner

    def forget(self, name: str, owner: Owner | None = None) -> None:
        """Drop a name whose child was removed; a no-op when it is another owner's by now."""
        with self._lock:
            if not self.owns(name, owner):
                return
            self._highest_forgotten = max(self._highest_forgotten, self._entries[name].generation)
            del self._entries[name], self._owners[name]
            self._moment = None

    def next_generation(self, name: str, last: int = 0) -> int:
        """A number that no incarnation of that name has had; `last` is the highest that the caller knows of."""
        entry = self._entries.get(name)
        return max(last, self._highest_forgotten if entry is None else entry.generation) + 1

    def _refuse_second_owner(self, before: Entry | None, owner: Owner | None) -> None:
        if before is None:
            return
        theirs = self._owners[before.name]
        is_free = before.ref is None and before.state in RESTING
        if theirs is not owner and not is_free and not (theirs is not None and theirs.revoked):
            raise SpecError(
                f"child {before.name!r}: id: a child of {before.parent} has this name:"
                " names are the whole tree's: rename one"
            )


def _past(entry: Entry) -> Down:
    """What a monitor that comes late receives."""
    reason = None if entry.reason_type is None else EndedBeforeError(entry.last_reason or entry.reason_type.__name__)
    return Down(entry.name, entry.generation, reason)

"""The mailbox: one queue for senders, and two lanes and a timer heap from which the actor takes."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from queue import Empty, SimpleQueue
from typing import Any

from pykka._envelope import Envelope
from pykka.messages import _ActorStop

from timmy_actors.errors import ActorGoneError, MailboxFullError
from timmy_actors.supervision.checks import is_count, is_number, member, require
from timmy_actors.supervision.clock import MONOTONIC, Clock
from timmy_actors.supervision.protocols import ActorLike, DeadLetterSink, Letter
from timmy_actors.supervision.reply import Reply
from timmy_actors.supervision.turn import Turn

STALE_ENTRIES = 64
"""How many more stale than valid entries a heap may contain before it is rebuilt."""


class Deadlines:
    """One due time per name; setting and clearing cost O(log n). Equal due times are in the order of setting."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._order = itertools.count()

    def set(self, name: str, due: float) -> None:
        """Set a name's due time, replacing an earlier one; infinity clears it."""
        self.clear(name)
        if due < math.inf:
            self._due[name] = due
            heapq.heappush(self._heap, (due, next(self._order), name))

    def clear(self, name: str) -> None:
        """Clear a name's due time."""
        if self._due.pop(name, None) is not None and len(self._heap) > 2 * len(self._due) + STALE_ENTRIES:
            self._heap = [entry for entry in self._heap if self._due.get(entry[2]) == entry[0]]
            heapq.heapify(self._heap)

    @property
    def earliest(self) -> float:
        """The earliest due time, or infinity."""
        while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else math.inf

    def take(self, now: float) -> Iterator[str]:
        """Clear and yield each name that is due."""
        while self.earliest <= now:
            _, _, name = heapq.heappop(self._heap)
            del self._due[name]
            yield name


DEFAULT_CAPACITY = 10_000
"""The most waiting messages: far more than a healthy actor has, and far too few to exhaust memory."""


class Overflow(Enum):
    """What happens when a message arrives at a full mailbox."""

    REJECT = "reject the sender"
    """The sender gets an error: for messages that must not be lost."""
    DROP_OLDEST = "drop the oldest"
    """The oldest message becomes a dead letter: for messages that newer ones supersede."""


class Control:
    """The base class of messages that overtake others, such as those of supervision."""


class Wake(Control):
    """Wakes an actor that waits for a message: its fence ends it, or its state has changed in a sender's thread."""


OVERTAKES = (Control, _ActorStop)
"""The types that overtake others. A constant, because building the union for each check costs more than the check."""
CANCELLED_TIMERS = 64
"""How many more cancelled than active timers the heap may contain before it is rebuilt."""


@dataclass(slots=True)
class _Timer:
    key: str
    message: Any
    every_s: float | None
    cancelled: bool = False


class Mailbox:
    """A bounded mailbox with control messages and timers; implements Pykka's inbox protocol (`put`, `get`, `empty`).

    Any thread may call `put`, which does not block; only the thread that has the actor's turn takes messages and uses
    timers.
    """

    def __init__(self, capacity: int = DEFAULT_CAPACITY, overflow: Overflow = Overflow.REJECT) -> None:
        require(
            is_count(capacity) and capacity > 0,
            "mailbox: capacity",
            capacity,
            "must be a number of messages, 1 or more",
        )
        # SimpleQueue handles 1.0-1.3 M puts a second, queue.Queue 0.1 M.
        self.arrivals: SimpleQueue[Letter] = SimpleQueue()
        self._control: deque[Letter] = deque()
        self._work: deque[Letter] = deque()
        self._due: list[tuple[float, int, _Timer]] = []
        self._timers: dict[str, _Timer] = {}
        self._order = itertools.count()
        self._timer_was_last = False
        self._capacity = capacity
        self._overflow = member(Overflow, overflow, "mailbox: overflow")
        self._closed = False
        self.turn: Turn | None = None
        """The actor's turn, if senders may take it."""
        self.owner: ActorLike | None = None
        self.clock: Clock = MONOTONIC
        self.dead_letters: DeadLetterSink | None = None
        self.pinged_at: float | None = None
        """When the watchdog sent the unanswered ping; None if it was answered."""

    @property
    def depth(self) -> int:
        """The number of waiting messages; readable from any thread."""
        return len(self._control) + len(self._work) + self.arrivals.qsize()

    def put(self, letter: Letter) -> None:
        """Add a message; or handle it here and now, if the actor waits and permits that.

        Raises:
            MailboxFullError: the mailbox is full.
        """
        turn = self.turn
        if turn is not None and turn.offered and self.owner is not None and self.owner.actor_handle_here(letter):
            return
        # `depth` without the control lane, inlined to save a call per message. `_work` is read first: otherwise a
        # message that the actor sorts in between would count twice, and a mailbox that is half full could refuse.
        if len(self._work) + self.arrivals.qsize() >= self._capacity and not isinstance(letter.message, OVERTAKES):
            self._make_room()
        self.arrivals.put(letter)
        if turn is not None:
            turn.offered = False
        if self.clock.watches:
            self.clock.arrived(self)
        # `close` drains after setting the flag, `put` checks the flag after putting: the later one sees the letter.
        if self._closed:
            self._reject_arrivals()

    def wake(self) -> None:
        """Wake the actor's own thread, from a thread that has its turn."""
        self.put(Envelope(Wake()))

    @property
    def needs_own_thread(self) -> bool:
        """Whether the own thread waits for longer than it now should; for a sender that has the turn."""
        turn = self.turn
        return turn is not None and bool(self._due) and self._due[0][0] < turn.waits_until

    def _make_room(self) -> None:
        if self._overflow is Overflow.REJECT:
            raise MailboxFullError(f"{self.depth} messages are already waiting")
        oldest = self._take_oldest()
        if oldest is not None:
            self._reject(oldest, "the mailbox was full, and this was the oldest", for_good=True)

    def _take_oldest(self) -> Letter | None:
        # The actor takes from the same lanes concurrently, so each may be empty by now.
        with contextlib.suppress(IndexError):
            return self._work.popleft()
        with contextlib.suppress(Empty):
            while isinstance((letter := self.arrivals.get_nowait()).message, OVERTAKES):
                if isinstance(letter.message, Wake):
                    self.arrivals.put(letter)
                    return None
                self._control.append(letter)  # behind the older ones, as the actor sorts it
            return letter
        return None

    def get(self) -> Letter:
        """Wait for the next message: control messages first, then due timers and other messages alternately."""
        while True:
            letter = self._next() or self._wait(self._patience())
            if letter is not None:
                return letter

    def empty(self) -> bool:
        """Whether no message waits."""
        return self.depth == 0

    def close(self) -> None:
        """Answer all waiting and future messages with `ActorGoneError`."""
        self._closed = True
        self._timers.clear()
        self._due.clear()
        self._reject_all()

    def shut_out(self) -> None:
        """Close the mailbox from another thread: waiting messages are answered, and a waiting actor is woken."""
        self._closed = True
        self._reject_all()
        self.arrivals.put(Envelope(Wake()))
        self.clock.arrived(self)

    def put_back(self, letter: Letter) -> None:
        """Make a message that was taken the next one again; for the actor's thread."""
        self._control.appendleft(letter)

    def refuse(self, letter: Letter) -> None:
        """Answer a message that was taken but will not be handled."""
        self._reject(letter, "the actor was abandoned before it handled the message")

    def schedule(self, key: str, delay_s: float, message: Any, *, every: bool = False) -> None:
        """Deliver `message` after `delay_s`, repeatedly with `every`; replaces the timer of the same key.

        A negative delay counts as 0.

        Raises:
            SpecError: `delay_s` is not a number of seconds.
        """
        if not is_number(delay_s):
            require(False, f"timer {key!r}: delay_s", delay_s, "must be seconds")  # noqa: FBT003  as `require` names it
        self.cancel(key)
        timer = _Timer(key, message, delay_s if every else None)
        self._timers[key] = timer
        self._arm(timer, self.clock.now() + delay_s)

    def cancel(self, key: str) -> None:
        """Cancel the timer of this key, if there is one."""
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancelled = True
            self._sweep_timers()

    def _sweep_timers(self) -> None:
        # Most deadlines are cancelled early: at 5,000 commands a second, 300,000 stale timers would accumulate.
        if len(self._due) > 2 * len(self._timers) + CANCELLED_TIMERS:
            self._due = [entry for entry in self._due if not entry[2].cancelled]
            heapq.heapify(self._due)

    def _arm(self, timer: _Timer, due: float) -> None:
        heapq.heappush(self._due, (due, next(self._order), timer))

    def _next(self) -> Letter | None:
        self._sort_arrivals()
        if self._control and (urgent := _take(self._control)) is not None:
            return urgent
        # Alternately, so that a timer whose handler takes longer than its period does not starve other messages.
        letter = self._next_work() if self._timer_was_last else None
        self._timer_was_last = False
        return letter or self._pop_due() or self._next_work()

    def _next_work(self) -> Letter | None:
        return _take(self._work)

    def _sort_arrivals(self) -> None:
        # The hot path of every message: no calls of ours and no context managers.
        take, work = self.arrivals.get_nowait, self._work
        try:
            for _ in range(self.arrivals.qsize()):
                letter = take()
                (self._control if isinstance(letter.message, OVERTAKES) else work).append(letter)
        except Empty:
            return  # `_make_room` and `shut_out` take from the same queue concurrently

    def _pop_due(self) -> Letter | None:
        while self._due and (self._due[0][2].cancelled or self._due[0][0] <= self.clock.now()):
            due, _, timer = heapq.heappop(self._due)
            if not timer.cancelled:
                self._rearm(timer, due)
                self._timer_was_last = True
                return Envelope(timer.message)
        return None

    def _rearm(self, timer: _Timer, due: float) -> None:
        if timer.every_s is None:
            del self._timers[timer.key]
            return
        # A late periodic timer skips the periods it missed instead of firing a burst.
        self._arm(timer, max(due + timer.every_s, self.clock.now()))

    def _patience(self) -> float | None:
        return max(0.0, self._due[0][0] - self.clock.now()) if self._due else None

    def _wait(self, timeout_s: float | None) -> Letter | None:
        turn = self.turn
        # No other message waits, so the next arrival is next in either lane.
        if turn is None:
            return self.clock.wait(self, timeout_s)
        if not self._offer(turn):
            return None
        try:
            return self.clock.wait(self, timeout_s)
        finally:
            turn.take_back()

    def _offer(self, turn: Turn) -> bool:
        """Offer the turn to senders, unless a message has arrived; False then."""
        turn.waits_until = self._due[0][0] if self._due else math.inf
        if self.clock.watches:  # a virtual clock follows which actors wait
            return self.arrivals.empty()
        return turn.offer(self.arrivals.empty)

    def _reject_all(self) -> None:
        for lane in (self._control, self._work):
            while (letter := _take(lane)) is not None:
                self._reject(letter, "the actor stopped before it handled the message")
        self._reject_arrivals()

    def _reject_arrivals(self) -> None:
        waking: Letter | None = None
        with contextlib.suppress(Empty):
            while True:
                letter = self.arrivals.get_nowait()
                if isinstance(letter.message, Wake):
                    waking = letter
                else:
                    self._reject(letter, "the actor had stopped")
        if waking is not None:
            self.arrivals.put(waking)  # it must reach the waiting actor

    def _reject(self, letter: Letter, why: str, *, for_good: bool = False) -> None:
        if letter.reply_to is None:
            if self.dead_letters is not None and not isinstance(letter.message, OVERTAKES):
                self.dead_letters.add(self.owner.actor_name if self.owner else "?", letter.message, why)
        elif isinstance(letter.message, _ActorStop):
            letter.reply_to.set(None)
        elif isinstance(letter.reply_to, Reply) and not for_good:
            letter.reply_to.refuse(ActorGoneError(why), self)
        else:
            letter.reply_to.set_exception((ActorGoneError, ActorGoneError(why), None))


def _take(lane: deque[Letter]) -> Letter | None:
    # Not a check followed by a take: another thread may take in between.
    try:
        return lane.popleft()
    except IndexError:
        return None

"""The mailbox: one queue for everybody to put into, two lanes and a timer heap for the actor to take from."""

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

FORGOTTEN = 64
"""Entries of a heap that may be out of date beside as many as are valid, before they are swept out."""


class Deadlines:
    """One due time a name; setting and clearing cost O(log n). Of those due at the same time the first set is first."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._order = itertools.count()

    def set(self, name: str, due: float) -> None:
        """Let a name be due then, instead of whenever it was; never, if that is infinitely far away."""
        self.clear(name)
        if due < math.inf:
            self._due[name] = due
            heapq.heappush(self._heap, (due, next(self._order), name))

    def clear(self, name: str) -> None:
        """Let a name not be due."""
        if self._due.pop(name, None) is not None and len(self._heap) > 2 * len(self._due) + FORGOTTEN:
            self._heap = [entry for entry in self._heap if self._due.get(entry[2]) == entry[0]]
            heapq.heapify(self._heap)

    @property
    def earliest(self) -> float:
        """When the next one is due; infinity for none."""
        while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else math.inf

    def take(self, now: float) -> Iterator[str]:
        """Each name that is due, cleared."""
        while self.earliest <= now:
            _, _, name = heapq.heappop(self._heap)
            del self._due[name]
            yield name


DEFAULT_CAPACITY = 10_000
"""Messages waiting; past it the sender is told so. Far more than a healthy actor ever has, far less than memory."""


class Overflow(Enum):
    """What happens to a message that finds the mailbox full."""

    REJECT = "reject the sender"
    """The sender is told so and decides: for what must not be lost."""
    DROP_OLDEST = "drop the oldest"
    """The oldest makes room and is a dead letter: for what the newest supersedes."""


class Control:
    """The base of messages that overtake work: supervision's own."""


class _Wake(Control):
    """Has an actor that was shut out and waits go round once more, and meet its fence."""


OVERTAKES = (Control, _ActorStop)
"""What goes before work. A tuple that is there: `Control | _ActorStop`, made anew, costs more than the look."""
FORGOTTEN_TIMERS = 64
"""Cancelled timers that may wait for their time beside as many as there are live ones, before they are swept out."""


@dataclass
class _Timer:
    key: str
    message: Any
    every_s: float | None
    cancelled: bool = False


class Mailbox:
    """Pykka's inbox protocol (`put`, `get`, `empty`) and more.

    Anybody may put; only the actor's thread takes, schedules and cancels. Putting never blocks.
    """

    def __init__(self, capacity: int = DEFAULT_CAPACITY, overflow: Overflow = Overflow.REJECT) -> None:
        require(is_count(capacity) and capacity > 0, "mailbox: capacity", capacity, "must be a number of messages")
        # SimpleQueue takes 1.0-1.3 M puts a second where queue.Queue takes 0.1 M (reference, finding 9).
        self.arrivals: SimpleQueue[Letter] = SimpleQueue()
        self._control: deque[Letter] = deque()
        self._work: deque[Letter] = deque()
        self._due: list[tuple[float, int, _Timer]] = []
        self._timers: dict[str, _Timer] = {}
        self._order = itertools.count()
        self._timer_had_its_turn = False
        self._capacity = capacity
        self._overflow = member(Overflow, overflow, "mailbox: overflow")
        self._closed = False
        self.owner: ActorLike | None = None
        self.clock: Clock = MONOTONIC
        self.dead_letters: DeadLetterSink | None = None
        self.pinged_at: float | None = None
        """When the watchdog last asked whether the loop turns, until it does."""

    @property
    def depth(self) -> int:
        """Messages waiting, readable from any thread."""
        return len(self._control) + len(self._work) + self.arrivals.qsize()

    def put(self, letter: Letter) -> None:
        """Take a message in.

        Raises:
            MailboxFullError: there is no room for it.
        """
        # `depth` less the control lane, written out: every tell pays for a call. Work first: what the actor sorts
        # between the two looks would else be counted in both, and a mailbox that is half full refuse.
        if len(self._work) + self.arrivals.qsize() >= self._capacity and not isinstance(letter.message, OVERTAKES):
            self._make_room()
        self.arrivals.put(letter)
        if self.clock.watches:
            self.clock.arrived(self)
        # Closing drains after setting the flag, putting checks it after putting: whichever is last finds the letter.
        if self._closed:
            self._reject_arrivals()

    def _make_room(self) -> None:
        if self._overflow is Overflow.REJECT:
            raise MailboxFullError(f"{self.depth} messages are waiting already")
        oldest = self._take_oldest()
        if oldest is not None:
            self._reject(oldest, "the mailbox was full, and this was the oldest", for_good=True)

    def _take_oldest(self) -> Letter | None:
        # The actor takes from the same lanes at the same time: whoever comes second finds nothing.
        with contextlib.suppress(IndexError):
            return self._work.popleft()
        with contextlib.suppress(Empty):
            while isinstance((letter := self.arrivals.get_nowait()).message, OVERTAKES):
                if isinstance(letter.message, _Wake):
                    self.arrivals.put(letter)
                    return None
                self._control.append(letter)  # where the actor would have put it: behind the older ones
            return letter
        return None

    def get(self) -> Letter:
        """The next message: control first, then what a timer has due and work, turn about; waits for one."""
        while True:
            letter = self._next() or self._wait(self._patience())
            if letter is not None:
                return letter

    def empty(self) -> bool:
        """Whether nothing waits."""
        return self.depth == 0

    def close(self) -> None:
        """Answer everything that waits, and whatever still comes, with `ActorGoneError`."""
        self._closed = True
        self._timers.clear()
        self._due.clear()
        self._reject_all()

    def shut_out(self) -> None:
        """Close it from another thread: what waits is answered, and an actor that waits for more meets its fence."""
        self._closed = True
        self._reject_all()
        self.arrivals.put(Envelope(_Wake()))
        self.clock.arrived(self)

    def refuse(self, letter: Letter) -> None:
        """Answer a letter that was taken and will not be handled."""
        self._reject(letter, "the actor was abandoned before it handled the message")

    def schedule(self, key: str, delay_s: float, message: Any, *, every: bool = False) -> None:
        """Deliver `message` after `delay_s`, again and again with `every`; replaces a timer of that key.

        A delay that is over already (less than 0) is no delay.

        Raises:
            SpecError: `delay_s` is no number of seconds.
        """
        require(is_number(delay_s), f"timer {key!r}: delay_s", delay_s, "must be seconds")
        self.cancel(key)
        timer = _Timer(key, message, delay_s if every else None)
        self._timers[key] = timer
        self._arm(timer, self.clock.now() + delay_s)

    def cancel(self, key: str) -> None:
        """Forget the timer of that key, if there is one."""
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancelled = True
            self._sweep_timers()

    def _sweep_timers(self) -> None:
        # A command's deadline is cancelled long before its time: at 5,000 a second 300,000 would wait for their minute.
        if len(self._due) > 2 * len(self._timers) + FORGOTTEN_TIMERS:
            self._due = [entry for entry in self._due if not entry[2].cancelled]
            heapq.heapify(self._due)

    def _arm(self, timer: _Timer, due: float) -> None:
        heapq.heappush(self._due, (due, next(self._order), timer))

    def _next(self) -> Letter | None:
        self._sort_arrivals()
        if self._control and (urgent := _take(self._control)) is not None:
            return urgent
        # Turn about: a timer whose handler outlasts its period must not starve the work.
        letter = self._next_work() if self._timer_had_its_turn else None
        self._timer_had_its_turn = False
        return letter or self._pop_due() or self._next_work()

    def _next_work(self) -> Letter | None:
        return _take(self._work)

    def _sort_arrivals(self) -> None:
        # Every message passes here: no call and no context manager of ours on the way.
        take, work = self.arrivals.get_nowait, self._work
        try:
            for _ in range(self.arrivals.qsize()):
                letter = take()
                (self._control if isinstance(letter.message, OVERTAKES) else work).append(letter)
        except Empty:
            return  # whoever makes room or shuts it out takes from the same queue: what was counted may be gone

    def _pop_due(self) -> Letter | None:
        while self._due and (self._due[0][2].cancelled or self._due[0][0] <= self.clock.now()):
            due, _, timer = heapq.heappop(self._due)
            if not timer.cancelled:
                self._rearm(timer, due)
                self._timer_had_its_turn = True
                return Envelope(timer.message)
        return None

    def _rearm(self, timer: _Timer, due: float) -> None:
        if timer.every_s is None:
            del self._timers[timer.key]
            return
        # A late periodic timer skips the beats it missed instead of firing them in a burst.
        self._arm(timer, max(due + timer.every_s, self.clock.now()))

    def _patience(self) -> float | None:
        return max(0.0, self._due[0][0] - self.clock.now()) if self._due else None

    def _wait(self, timeout_s: float | None) -> Letter | None:
        # Nothing else waits, so what arrives now is next, whichever lane it belongs to.
        return self.clock.wait(self, timeout_s)

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
                if isinstance(letter.message, _Wake):
                    waking = letter
                else:
                    self._reject(letter, "the actor had stopped")
        if waking is not None:
            self.arrivals.put(waking)  # meant for the actor that waits: it would wait for ever

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
    # Looking first and taking then would be two steps, and another thread may take in between.
    try:
        return lane.popleft()
    except IndexError:
        return None

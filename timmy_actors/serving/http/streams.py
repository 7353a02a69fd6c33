"""The open event streams: one watch feeds the buffer that all of them read; a stop ends them first."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass

from timmy_actors.errors import DaemonUnreachableError
from timmy_actors.perception import Happened, Perceptions, Watch, concerns
from timmy_actors.protocol import Interest
from timmy_actors.serving.http.cause_log import CauseLog
from timmy_actors.serving.http.event_buffer import EventBuffer
from timmy_actors.serving.http.problems import ProblemError, make_problem
from timmy_actors.serving.http.turns import Turns

MAX_STREAMS = 128
MAX_PER_ADDRESS = 64
"""Half of the total, and a third of an address's connections: streams cannot take the places of requests."""
MAX_UNPROVEN = 16
"""WebSockets whose token is still to come; they take no place of a stream."""
HEARTBEAT_S = 15.0
"""The longest silence of a stream: proxies and clients take a longer one for a broken connection."""
EVERYTHING = Interest(snapshots=True)


@dataclass(frozen=True)
class Note:
    """One item of a stream: its id, the kind of event, and its JSON."""

    id: str
    event: str
    data: bytes


class Streams:
    """The streams of one server. For its event loop."""

    def __init__(self, perceptions: Perceptions, causes: CauseLog) -> None:
        self._perceptions = perceptions
        self._causes = causes
        self.buffer = EventBuffer()
        self._loop = asyncio.get_running_loop()
        self._turns = Turns()
        self._pumping = False
        self._addresses: Counter[str] = Counter()
        self._unproven = 0
        self.stopping = asyncio.Event()
        self.on_event: Callable[[Happened], object] = lambda _: None
        """Called with each push."""
        self._watch = perceptions.watch(Watch(EVERYTHING, on_news=self._wake))
        self._pump()

    @property
    def open(self) -> int:
        """The number of open streams."""
        return self._addresses.total()

    @contextlib.contextmanager
    def place(self, address: str) -> Iterator[None]:
        """Hold one place of a client.

        Raises:
            ProblemError: 503: there are too many streams, of this address or in total.
        """
        if self.stopping.is_set():
            raise ProblemError(make_problem(503, "the daemon is stopping", code="unavailable"))
        if self._addresses[address] >= MAX_PER_ADDRESS or self.open >= MAX_STREAMS:
            self._causes.note("too many event streams: refusing one", address)
            limits = f"{MAX_PER_ADDRESS} for an address, {MAX_STREAMS} in total"
            raise ProblemError(make_problem(503, f"too many event streams ({limits}): close one", code="overloaded"))
        self._addresses[address] += 1
        try:
            yield
        finally:
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    @contextlib.contextmanager
    def unproven(self, address: str) -> Iterator[None]:
        """Hold one of the few places for clients that have not shown their token yet.

        Raises:
            ProblemError: 503: there are too many of them.
        """
        if self._unproven >= MAX_UNPROVEN:
            self._causes.note("too many WebSockets without a token: refusing one", address)
            detail = f"too many WebSockets wait for their token (at most {MAX_UNPROVEN}): send it in the handshake"
            raise ProblemError(make_problem(503, detail, code="overloaded"))
        self._unproven += 1
        try:
            yield
        finally:
            self._unproven -= 1

    async def read(self, interest: Interest, last_id: str | None) -> AsyncGenerator[Note | None, None]:
        """The pushes of interest after `last_id`, until the daemon stops; None is a heartbeat.

        Without `last_id` it begins with the state of the link and the newest snapshots.
        """
        cursor = self.buffer.last if last_id is None else self.buffer.number_of(last_id)
        if last_id is not None and cursor is None:
            yield self._note("outrun", b'{"missed":null}', self.buffer.last)
        if last_id is None or cursor is None:
            cursor = self.buffer.last
            for happened in self._current(interest):
                yield self._note(_kind(happened), happened.json, cursor)
        spoke_at = self._loop.time()
        while not self.stopping.is_set():
            notes, cursor = self._after(cursor, interest)
            for note in notes:
                yield note
            if notes:
                spoke_at = self._loop.time()
            elif self._loop.time() - spoke_at >= HEARTBEAT_S:
                yield None
                spoke_at = self._loop.time()
            if cursor == self.buffer.last and not self.stopping.is_set():
                await self._turns.wait(HEARTBEAT_S)
        yield self._note("end", b'{"reason":"the daemon is stopping"}', cursor)

    def stop(self) -> None:
        """End every stream with an `end`, and accept no more."""
        self._watch.close()
        self.stopping.set()
        self._turns.end()

    def _after(self, cursor: int, interest: Interest) -> tuple[list[Note], int]:
        """What a stream sends next, and the number up to which it has read then."""
        notes = []
        if missed := self.buffer.missed(cursor):
            cursor += missed
            notes.append(self._outrun(missed, cursor))
        for kept in self.buffer.after(cursor):
            if kept.lost:
                notes.append(self._outrun(kept.lost, kept.number - 1))
            cursor = kept.number
            if concerns(interest, kept.happened):
                notes.append(self._note(_kind(kept.happened), kept.happened.json, cursor))
        return notes, cursor

    def _current(self, interest: Interest) -> Iterator[Happened]:
        yield Happened(link=self._perceptions.link.value)
        for player in tuple(self._perceptions.snapshots.value):
            happened = Happened(snapshot=self._perceptions.snapshot(player))
            if concerns(interest, happened):
                yield happened

    def _outrun(self, missed: int, number: int) -> Note:
        return self._note("outrun", b'{"missed":%d}' % missed, number)

    def _note(self, event: str, data: bytes, number: int) -> Note:
        return Note(self.buffer.id_of(number), event, data)

    def _wake(self) -> None:
        # Called by whichever thread publishes: one call covers all that it adds.
        if not self._pumping:
            self._pumping = True
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._pump)

    def _pump(self) -> None:
        self._pumping = False  # before reading: news after this wakes it again
        before = self.buffer.last
        with contextlib.suppress(StopIteration, DaemonUnreachableError):
            while (taken := self._watch.take()) is not None:
                self.buffer.add(taken.happened, taken.left_out)
                self.on_event(taken.happened)
        if self.buffer.last != before:
            self._turns.wake()


def _kind(happened: Happened) -> str:
    if happened.event is not None:
        return "event"
    return "snapshot" if happened.snapshot is not None else "link"

"""Watches, in this process or through the gateway. Each has its own backlog, so a slow reader delays no other."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from types import TracebackType
from typing import Self
from weakref import WeakSet

from pydantic import ValidationError

from timmy_actors.errors import DaemonUnreachableError, RefusedError, WatchTimeoutError
from timmy_actors.perception.backlog import Backlog, Numbered
from timmy_actors.perception.messages import Happened
from timmy_actors.protocol import Interest, Pushed, first_mistake

log = logging.getLogger(__name__)

MAX_WAITING = 1_000
"""The length of one watch's backlog; beyond it the oldest items are dropped."""
MOST_LOST = 1_000_000
"""The most that one gap in the game server's sequence may add to ours, so that a wrong number cannot overflow it."""


def make_interest(player: str | None, events: Collection[str] | None, snapshots: bool | None) -> Interest:  # noqa: FBT001  as the calls' own argument
    """The validated interest of a watch.

    Raises:
        RefusedError: `bad_arguments`: the player's name is invalid, or an event's name is unknown.
    """
    names = {"player": player, "events": events, "snapshots": snapshots}
    try:
        return Interest.model_validate(names)
    except ValidationError as error:
        mistake = first_mistake(error)
        raise RefusedError("bad_arguments", mistake.at("watch"), mistake.field) from error


def concerns(interest: Interest, happened: Happened) -> bool:
    """Whether a watch of this interest receives the item. Pure."""
    if happened.link is not None:
        return True
    if interest.player not in (None, happened.player):
        return False
    if happened.event is not None:
        return interest.events is None or happened.event.event in interest.events
    return interest.wants_snapshots


class Watch(Iterator[Pushed]):
    """An iterator over the pushes of interest since its creation. It ends when closed or garbage-collected.

    Threads may share it; each push goes to one of them.
    """

    def __init__(
        self,
        interest: Interest,
        *,
        timeout_s: float | None = None,
        on_news: Callable[[], object] = lambda: None,
    ) -> None:
        self.interest = interest
        self.on_news = on_news
        """Called in the publisher's thread when an item can be taken or the watch has ended; must not block.
        Watches with the same callback share one call, made after the item was queued for all of them."""
        self._timeout_s = timeout_s
        self._waiting = Backlog(MAX_WAITING)
        self._news = threading.Condition()
        self._end: Exception | None = None
        self._missed = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Pushed:
        """Wait for the next push and return it; see `read`."""
        return self.read(self._timeout_s)

    def read(self, timeout_s: float | None) -> Pushed:
        """Wait for the next push, for at most `timeout_s` (None: for ever), and return it.

        Raises:
            StopIteration: the watch is closed.
            WatchTimeoutError: no push arrived within `timeout_s`; the watch stays usable.
            DaemonUnreachableError: the daemon has ended.
        """
        with self._news:
            self._news.wait_for(lambda: self._waiting or self._end, timeout_s)
            taken = self.take()
        if taken is None:
            raise WatchTimeoutError.after(timeout_s)
        return as_pushed(taken)

    @property
    def has_news(self) -> bool:
        """Whether an item can be taken. `on_news` announces items that are queued after this check."""
        return len(self._waiting) > 0

    def take(self) -> Numbered | None:
        """Remove and return the next item, or None if the backlog is empty; does not block.

        Raises:
            StopIteration: the watch is closed.
            DaemonUnreachableError: the daemon has ended.
        """
        with self._news:
            taken = self._waiting.take()
            if taken is None and self._end is not None:
                raise self._end
            return taken

    def put_back(self, taken: Numbered) -> None:
        """Return the last taken item to the backlog, because it could not be delivered."""
        with self._news:
            self._waiting.put_back(taken)

    def close(self) -> None:
        """End the watch."""
        with self._news:
            self._waiting.clear()
        self.end(StopIteration())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def end(self, how: Exception) -> None:
        """End the watch: readers get `how` once the backlog is empty."""
        with self._news:
            self._end = self._end or how
            self._news.notify_all()
        self.on_news()

    def offer(self, happened: Happened) -> bool:
        """Queue the item if it is of interest. Does not wait for a reader.

        Returns:
            Whether it was queued: the caller must then call `on_news`.
        """
        if not concerns(self.interest, happened):
            return False
        with self._news:
            if self._end is not None:
                return False
            if not self._waiting.add(happened) and not self._missed:
                self._missed = True
                log.warning(
                    "a watch is read too slowly: dropping its oldest items and reporting their number to its reader"
                )
            self._news.notify()
        return True

    def lose(self, count: int) -> None:
        """Count `count` lost pushes as dropped, whether or not they were of interest."""
        with self._news:
            self._waiting.lose(count)


class AsyncWatch(AsyncIterator[Pushed]):
    """A `Watch` for coroutines of one event loop."""

    def __init__(self, watch: Watch, *, timeout_s: float | None = None) -> None:
        self._watch = watch
        self._timeout_s = timeout_s
        self._news: asyncio.Event | None = None

    async def __anext__(self) -> Pushed:
        """Wait for the next push and return it.

        Raises:
            StopAsyncIteration: the watch is closed.
            WatchTimeoutError: no push arrived within `timeout_s`; the watch stays usable.
            DaemonUnreachableError: the daemon has ended.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._next()
        except TimeoutError:
            raise WatchTimeoutError.after(self._timeout_s) from None

    async def close(self) -> None:
        """End the watch."""
        self._watch.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.close()

    async def _next(self) -> Pushed:
        news = self._attached()
        while True:
            news.clear()  # before `take`: an item queued after it sets the event again
            try:
                taken = self._watch.take()
            except StopIteration:
                raise StopAsyncIteration from None
            if taken is not None:
                return as_pushed(taken)
            await news.wait()

    def _attached(self) -> asyncio.Event:
        if self._news is None:
            news = self._news = asyncio.Event()
            loop = asyncio.get_running_loop()

            def wake() -> None:
                with contextlib.suppress(RuntimeError):  # the loop is closed, so no coroutine waits
                    loop.call_soon_threadsafe(news.set)

            self._watch.on_news = wake
        return self._news


class Watchers:
    """All watches of a runtime, held by weak references."""

    def __init__(self) -> None:
        self._watches: WeakSet[Watch] = WeakSet()
        self._turn = threading.Lock()
        self._ended = False
        self._link_is_up = False
        """Whether the last published link change was that the link came up."""

    def add(self, watch: Watch, *, initial: Callable[[], Iterable[Happened]] = tuple) -> Watch:
        """Add a watch; while the link is down it receives `initial` first."""
        with self._turn:  # between two publications, so that the watch misses none and sees none twice
            if not self._link_is_up:
                _offer([watch], *initial())
            self._watches.add(watch)
            ended = self._ended
        if ended:
            watch.end(_daemon_ended())
        return watch

    def publish(self, *happened: Happened) -> None:
        """Queue the items for every interested watch."""
        with self._turn:
            for one in happened:
                if one.link is not None:
                    self._link_is_up = one.link.carries
            if self._watches:
                _offer(list(self._watches), *happened)

    def count_lost(self, count: int) -> None:
        """Count `count` lost pushes of the game server as dropped in every watch."""
        with self._turn:
            for watch in self._watches:
                watch.lose(max(0, min(count, MOST_LOST)))

    def publish_link(self, *happened: Happened, up: bool) -> None:
        """Publish that the link came up or went down, unless that was published last."""
        if self._link_is_up != up:
            self.publish(*happened)

    def end(self) -> None:
        """End every watch with `DaemonUnreachableError`."""
        with self._turn:
            self._ended = True
            watches = list(self._watches)
        for watch in watches:
            watch.end(_daemon_ended())


def _offer(watches: Iterable[Watch], *happened: Happened) -> None:
    """Queue for all watches before the first callback: a reader woken earlier would compete with the queueing."""
    queued: dict[Callable[[], object], None] = {}
    for watch in watches:
        for one in happened:
            if watch.offer(one):
                queued[watch.on_news] = None
    for on_news in queued:
        on_news()


def as_pushed(taken: Numbered) -> Pushed:
    """A taken item as the `Pushed` that a caller reads."""
    what = taken.happened
    return Pushed(seq=taken.seq, left_out=taken.left_out, event=what.event, snapshot=what.output, link=what.link)


def _daemon_ended() -> DaemonUnreachableError:
    return DaemonUnreachableError("the daemon has ended")

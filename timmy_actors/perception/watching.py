"""Those who watch what happens, in this process or through the gateway: a backlog each, so that a slow one hurts nobody
but itself."""

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
"""What waits for one watcher to read it; of more it misses the oldest."""
MOST_LOST = 1_000_000
"""What one gap in the game server's numbers counts for at most: a wild number must not end ours."""


def make_interest(player: str | None, events: Collection[str] | None, snapshots: bool | None) -> Interest:  # noqa: FBT001  as the calls' own argument
    """What a watch is to be about.

    Raises:
        RefusedError: `bad_arguments`: no player can have that name, or no event is called so.
    """
    names = {"player": player, "events": events, "snapshots": snapshots}
    try:
        return Interest.model_validate(names)
    except ValidationError as error:
        mistake = first_mistake(error)
        raise RefusedError("bad_arguments", mistake.at("watch"), mistake.field) from error


def concerns(interest: Interest, happened: Happened) -> bool:
    """Whether a watch of this interest is told of it. Pure."""
    if happened.link is not None:
        return True
    if interest.player not in (None, happened.player):
        return False
    if happened.event is not None:
        return interest.events is None or happened.event.event in interest.events
    return interest.wants_snapshots


class Watch(Iterator[Pushed]):
    """What happens from its making on, as far as it is of interest. Ends when it is closed or let go.

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
        """Called when something can be taken, or it has ended, in the thread of whoever told it; must only hand on.
        Watches that share it are served by one call, after something was queued for all of them."""
        self._timeout_s = timeout_s
        self._waiting = Backlog(MAX_WAITING)
        self._news = threading.Condition()
        self._end: Exception | None = None
        self._missed = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Pushed:
        """The next push, waited for.

        Raises:
            StopIteration: the watch was closed.
            WatchTimeoutError: there was none within `timeout_s`; the watch can be read on.
            DaemonUnreachableError: the daemon has ended.
        """
        with self._news:
            self._news.wait_for(lambda: self._waiting or self._end, self._timeout_s)
            taken = self.take()
        if taken is None:
            raise WatchTimeoutError.after(self._timeout_s)
        return as_pushed(taken)

    @property
    def has_news(self) -> bool:
        """Whether something can be taken. What is queued at the same moment is announced by `on_news`."""
        return len(self._waiting) > 0

    def take(self) -> Numbered | None:
        """The next, if something waits; never waits itself.

        Raises:
            StopIteration: the watch was closed.
            DaemonUnreachableError: the daemon has ended.
        """
        with self._news:
            taken = self._waiting.take()
            if taken is None and self._end is not None:
                raise self._end
            return taken

    def put_back(self, taken: Numbered) -> None:
        """What was taken last could not be handed on."""
        with self._news:
            self._waiting.put_back(taken)

    def close(self) -> None:
        """Be told no more."""
        with self._news:
            self._waiting.clear()
        self.end(StopIteration())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def end(self, how: Exception) -> None:
        """Let who waits know that nothing more will come."""
        with self._news:
            self._end = self._end or how
            self._news.notify_all()
        self.on_news()

    def offer(self, happened: Happened) -> bool:
        """Queue what happened, if it is this watch's concern. Never waits for a reader.

        Returns:
            Whether it was queued: then `on_news` is to be called.
        """
        if not concerns(self.interest, happened):
            return False
        with self._news:
            if self._end is not None:
                return False
            if not self._waiting.add(happened) and not self._missed:
                self._missed = True
                log.warning("a watcher does not read what it watches: it misses the oldest, and is told how much")
            self._news.notify()
        return True

    def lose(self, count: int) -> None:
        """So many things happened, of concern or not, that nobody can tell of."""
        with self._news:
            self._waiting.lose(count)


class AsyncWatch(AsyncIterator[Pushed]):
    """A `Watch` for coroutines of one event loop."""

    def __init__(self, watch: Watch, *, timeout_s: float | None = None) -> None:
        self._watch = watch
        self._timeout_s = timeout_s
        self._news: asyncio.Event | None = None

    async def __anext__(self) -> Pushed:
        """The next push, waited for.

        Raises:
            StopAsyncIteration: the watch was closed.
            WatchTimeoutError: there was none within `timeout_s`; the watch can be read on.
            DaemonUnreachableError: the daemon has ended.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._next()
        except TimeoutError:
            raise WatchTimeoutError.after(self._timeout_s) from None

    async def close(self) -> None:
        """Be told no more."""
        self._watch.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.close()

    async def _next(self) -> Pushed:
        news = self._attached()
        while True:
            news.clear()  # before looking: what comes after the look sets it again
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

            def hand_on() -> None:
                with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits in it
                    loop.call_soon_threadsafe(news.set)

            self._watch.on_news = hand_on
        return self._news


class Watchers:
    """Every watch of a runtime. One that nobody holds any more is forgotten."""

    def __init__(self) -> None:
        self._watches: WeakSet[Watch] = WeakSet()
        self._turn = threading.Lock()
        self._ended = False
        self._link_is_up = False
        """Whether the last that was told of the link is that it came up."""

    def add(self, watch: Watch, *, as_it_stands: Callable[[], Iterable[Happened]] = tuple) -> Watch:
        """Tell a watch from now on; while the link is down, first of all `as_it_stands`."""
        with self._turn:  # between two tellings: what is told next is what happens next
            if not self._link_is_up:
                _offer([watch], *as_it_stands())
            self._watches.add(watch)
            ended = self._ended
        if ended:
            watch.end(_gone())
        return watch

    def tell(self, *happened: Happened) -> None:
        """Tell everybody whom it concerns."""
        with self._turn:
            watches = list(self._watches)
            for one in happened:
                if one.link is not None:
                    self._link_is_up = one.link.carries
            _offer(watches, *happened)

    def tell_lost(self, count: int) -> None:
        """Have it count as left out that so many pushes of the game server did not arrive."""
        with self._turn:
            for watch in self._watches:
                watch.lose(max(0, min(count, MOST_LOST)))

    def tell_link(self, *happened: Happened, up: bool) -> None:
        """Tell that the link came up or went down, unless that was told last."""
        if self._link_is_up != up:
            self.tell(*happened)

    def end(self) -> None:
        """Tell everybody that the daemon has ended."""
        with self._turn:
            self._ended = True
            watches = list(self._watches)
        for watch in watches:
            watch.end(_gone())


def _offer(watches: Iterable[Watch], *happened: Happened) -> None:
    """Queue for all of them first: a reader that the first one woke would take turns with the queueing."""
    queued: dict[Callable[[], object], None] = {}
    for watch in watches:
        for one in happened:
            if watch.offer(one):
                queued[watch.on_news] = None
    for on_news in queued:
        on_news()


def as_pushed(taken: Numbered) -> Pushed:
    """What was taken, as it is told."""
    what = taken.happened
    return Pushed(seq=taken.seq, left_out=taken.left_out, event=what.event, snapshot=what.snapshot, link=what.link)


def _gone() -> DaemonUnreachableError:
    return DaemonUnreachableError("the daemon has ended")

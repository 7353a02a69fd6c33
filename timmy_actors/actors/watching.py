"""Those in this process who watch what happens: a queue each, so that a slow one hurts nobody but itself."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Iterator
from typing import Self
from weakref import WeakSet

from pydantic import TypeAdapter, ValidationError

from timmy_actors.actors.messages import Happened
from timmy_actors.errors import DaemonUnreachable, Refused
from timmy_actors.model._base import Name
from timmy_actors.model.answer import Pushed

log = logging.getLogger(__name__)

MAX_WAITING = 1_000
"""Pushes that wait for one watcher to read them; of more it misses the oldest."""

_PLAYER: TypeAdapter[str | None] = TypeAdapter(Name | None)


class Watch(Iterator[Pushed]):
    """What happens to a player (None: to everybody), from its making on. Ends when it is closed or let go.

    Raises:
        Refused: `bad_arguments`: no player can have that name.
    """

    def __init__(self, player: str | None) -> None:
        try:
            self._player = _PLAYER.validate_python(player)
        except ValidationError as error:
            told = error.errors(include_url=False)[0]["msg"]
            raise Refused("bad_arguments", f"player: {told}", "player") from error
        self._waiting: deque[Pushed] = deque()
        self._news = threading.Condition()
        self._end: Exception | None = None
        self._missed = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Pushed:
        """The next push, waited for.

        Raises:
            StopIteration: the watch was closed.
            DaemonUnreachable: the daemon has ended.
        """
        with self._news:
            self._news.wait_for(lambda: self._waiting or self._end)
            if self._waiting:
                return self._waiting.popleft()
            raise self._end or StopIteration

    def close(self) -> None:
        """Be told no more."""
        with self._news:
            self._waiting.clear()
        self.end(StopIteration())

    def end(self, how: Exception) -> None:
        """Let who waits know that nothing more will come."""
        with self._news:
            self._end = self._end or how
            self._news.notify_all()

    def offer(self, happened: Happened) -> None:
        """Queue what happened, if it is this watch's concern. Never waits for a reader."""
        subject = happened.event or happened.snapshot
        if subject is None or self._player not in (None, subject.player):
            return
        with self._news:
            if self._end is None:
                self._make_room()
                self._waiting.append(Pushed(event=happened.event, snapshot=happened.snapshot))
                self._news.notify()

    def _make_room(self) -> None:
        if len(self._waiting) < MAX_WAITING:
            return
        self._waiting.popleft()
        if not self._missed:
            self._missed = True
            log.warning("a watcher in this process does not keep up: it misses the oldest of what happens")


class Watchers:
    """Every watch of a runtime. One that nobody holds any more is forgotten."""

    def __init__(self) -> None:
        self._watches: WeakSet[Watch] = WeakSet()
        self._turn = threading.Lock()
        self._ended = False

    def add(self, player: str | None) -> Watch:
        """A new watch.

        Raises:
            Refused: `bad_arguments`: no player can have that name.
        """
        watch = Watch(player)
        with self._turn:
            self._watches.add(watch)
            ended = self._ended
        if ended:
            watch.end(_gone())
        return watch

    def tell(self, happened: Happened) -> None:
        """Tell everybody whom it concerns."""
        for watch in self._all():
            watch.offer(happened)

    def end(self) -> None:
        """Tell everybody that the daemon has ended."""
        with self._turn:
            self._ended = True
        for watch in self._all():
            watch.end(_gone())

    def _all(self) -> list[Watch]:
        with self._turn:
            return list(self._watches)


def _gone() -> DaemonUnreachable:
    return DaemonUnreachable("the daemon has ended")

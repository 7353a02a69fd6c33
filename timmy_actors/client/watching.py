"""A watch of another process's daemon: it outlives the daemon's restarts, and tells of them."""

from __future__ import annotations

import contextlib
import itertools
import math
import threading
import time
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Self

import zmq

from timmy_actors.client.codec import decode_answer, decode_watched, encode, raise_refusal
from timmy_actors.client.line import Ended, Line
from timmy_actors.errors import DaemonUnreachableError, WatchTimeoutError
from timmy_actors.protocol import Answer, Interest, LinkStatus, Pushed, WatchRequest

RENEW_AFTER_S = 2.0
"""A quiet watch asks again after this, so that a daemon that is frozen is noticed; one that ended is seen at once."""
TRY_AGAIN_S = 0.1
"""How often a daemon that went away is looked for."""
HIGH_WATER_MARK = 8
"""Pushes that wait in this process for a slow reader: further ones wait in the daemon, which keeps the newest."""


class Following:
    """Numbers what is heard, and tells when the daemon went away and came back. Pure: times are monotonic seconds."""

    def __init__(self, endpoint: str, reconnect_s: float) -> None:
        self._endpoint = endpoint
        self._reconnect_s = reconnect_s
        self._last = 0
        """The number of the last push that was told."""
        self._ahead = 0
        """What our numbers are ahead of the daemon's: it knows nothing of what is told here, nor of its predecessor."""
        self._away_since: float | None = None
        self._unanswered = False
        self.due = math.inf
        """When to ask (again) for the watch."""

    def asked(self, now: float, *, anew: bool) -> None:
        """The watch was asked for: of the same daemon, or `anew` over a new connection."""
        self._unanswered = True
        self.due = now + RENEW_AFTER_S
        if anew:
            self._ahead = self._last

    def heard(self, message: Pushed | Answer, now: float) -> Pushed | None:
        """What is told of it."""
        was_away, self._away_since, self._unanswered = self._away_since is not None, None, False
        self.due = now + RENEW_AFTER_S
        if isinstance(message, Pushed):
            self._last = message.seq + self._ahead
            return message.model_copy(update={"seq": self._last})
        if message.error is None or message.error.code != "unavailable":  # one that stops is about to be away
            raise_refusal(message)
        # A link that is down is told by the daemon itself.
        return self._own(message.link) if was_away and message.link is not None and message.link.carries else None

    def ended(self, now: float) -> Pushed | None:
        """The connection has ended."""
        self.due = now + TRY_AGAIN_S
        return self._away(now, f"the daemon at {self._endpoint} ended")

    def overdue(self, now: float) -> Pushed | None:
        """It is `due`, and it may be that what was asked the last time was not answered."""
        if not self._unanswered:
            return None
        self.due = now + TRY_AGAIN_S
        return self._away(now, f"the daemon at {self._endpoint} does not answer: it is frozen, or overloaded")

    @property
    def waits_for_answer(self) -> bool:
        """Whether what was asked last is not answered."""
        return self._unanswered

    def _away(self, now: float, why: str) -> Pushed | None:
        if self._away_since is None:
            self._away_since = now
            return self._own(LinkStatus(state="down", reason=why))
        if now - self._away_since > self._reconnect_s:
            raise DaemonUnreachableError(f"{why}, and did not come back within {self._reconnect_s:g} s")
        return None

    def _own(self, link: LinkStatus) -> Pushed:
        self._last += 1
        self._ahead += 1
        return Pushed(seq=self._last, link=link)


class _Watching:
    """What both kinds of watch do between their waits."""

    def __init__(
        self, endpoint: str, interest: Interest, *, answer_s: float, timeout_s: float | None, reconnect_s: float
    ) -> None:
        self._answer_s = answer_s
        self._timeout_s = timeout_s
        self._interest = interest
        self._ids = itertools.count(1)
        self._following = Following(endpoint, reconnect_s)
        self._line = Line(endpoint, timeout_s=answer_s, high_water_mark=HIGH_WATER_MARK)

    def _until(self) -> float:
        return math.inf if self._timeout_s is None else time.monotonic() + self._timeout_s

    def _ask(self, *, anew: bool) -> None:
        self._line.send(encode(WatchRequest(id=str(next(self._ids)), **dict(self._interest))))
        self._following.asked(time.monotonic(), anew=anew)

    def _on(self, heard: bytes | Ended | None) -> Pushed | None:
        """What is told of what was heard, or of its absence."""
        now = time.monotonic()
        if isinstance(heard, Ended):
            self._line.hang_up()
            return self._following.ended(now)
        if heard is not None:
            return self._following.heard(decode_watched(heard), now)
        if now < self._following.due:
            return None
        return self._look_for_it(now) if self._line.is_down else self._renew(now)

    def _look_for_it(self, now: float) -> Pushed | None:
        with contextlib.suppress(DaemonUnreachableError):
            self._line.reopen(TRY_AGAIN_S)
            self._ask(anew=True)
            return None
        return self._following.ended(now)

    def _renew(self, now: float) -> Pushed | None:
        if self._following.waits_for_answer:
            return self._following.overdue(now)
        self._ask(anew=False)
        return None

    def _on_begin(self, heard: bytes | Ended | None) -> None:
        """What was heard is to be the daemon's word that it is watched from now on.

        Raises:
            RefusedError: it declined.
            DaemonUnreachableError: it ended, or did not answer.
        """
        if heard is None or isinstance(heard, Ended):
            how = "ended" if heard is not None else f"did not answer within {self._answer_s:g} s"
            raise DaemonUnreachableError(f"the daemon at {self._line.endpoint} {how}")
        answer = decode_answer(heard)
        raise_refusal(answer)
        self._following.heard(answer, time.monotonic())


class DaemonWatch(_Watching, Iterator[Pushed]):
    """What happens from its making on, in another process's daemon. Threads may share it; each push goes to one."""

    def __init__(
        self, endpoint: str, interest: Interest, *, answer_s: float, timeout_s: float | None, reconnect_s: float
    ) -> None:
        super().__init__(endpoint, interest, answer_s=answer_s, timeout_s=timeout_s, reconnect_s=reconnect_s)
        self._turn = threading.RLock()
        self._closed = False
        try:
            self._ask(anew=True)
            self._on_begin(self._line.wait(time.monotonic() + answer_s))
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Pushed:
        """The next push, waited for.

        Raises:
            StopIteration: the watch was closed.
            WatchTimeoutError: there was none within `timeout_s`; the watch can be read on.
            DaemonUnreachableError: the daemon went away, and did not come back within `reconnect_s`.
        """
        until = self._until()
        with self._turn:
            while not self._closed:
                pushed = self._on(self._wait(min(until, self._following.due)))
                if pushed is not None:
                    return pushed
                if time.monotonic() >= until:
                    raise WatchTimeoutError.after(self._timeout_s)
            raise StopIteration

    def _wait(self, until: float) -> bytes | Ended | None:
        try:
            return self._line.wait(until)
        except zmq.ZMQError:
            if self._closed:  # by another thread
                raise StopIteration from None
            raise

    def close(self) -> None:
        """Be told no more; a thread that waits for the next push is told that there is none."""
        self._closed = True
        self._line.give_up()
        with self._turn:  # a socket that is closed under another thread's hands ends the process
            self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


class AsyncDaemonWatch(_Watching, AsyncIterator[Pushed]):
    """The same for coroutines of one event loop, which goes on turning. It begins when it is entered, or first read."""

    _has_begun = False
    _closed = False

    async def __aenter__(self) -> Self:
        await self._begin()
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.close()

    async def __anext__(self) -> Pushed:
        """The next push, waited for; see `DaemonWatch`.

        Raises:
            StopAsyncIteration: the watch was closed.
        """
        await self._begin()
        until = self._until()
        while not self._closed:
            pushed = self._on(await self._line.wait_in_loop(min(until, self._following.due)))
            if pushed is not None:
                return pushed
            if time.monotonic() >= until:
                raise WatchTimeoutError.after(self._timeout_s)
        raise StopAsyncIteration

    async def close(self) -> None:
        """Be told no more."""
        self._closed = True
        self._line.close()

    async def _begin(self) -> None:
        if self._has_begun or self._closed:
            return
        self._has_begun = True
        try:
            self._ask(anew=True)
            self._on_begin(await self._line.wait_in_loop(time.monotonic() + self._answer_s))
        except BaseException:
            await self.close()
            raise

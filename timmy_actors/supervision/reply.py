"""The answer to an ask: a Pykka future that is set once, calls back, and knows its deadline."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
from collections.abc import Callable, Generator
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

import pykka

from timmy_actors.errors import AskTimeout, CallCycle
from timmy_actors.supervision.clock import MONOTONIC, Clock
from timmy_actors.supervision.here import current

if TYPE_CHECKING:
    from timmy_actors.supervision.actor import Actor

log = logging.getLogger(__name__)

MAX_CIRCLE = 100
"""Links looked at: others begin and end their waiting meanwhile."""

ExcInfo: TypeAlias = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]
DoneCallback: TypeAlias = Callable[["Reply"], object]


class Reply(pykka.Future[Any]):
    """A future whose second setting is ignored, so that an answer racing a death can't hurt either side.

    One lock, held until the answer is there: an ask costs 0.7 of one with Pykka's own, which makes a condition.
    """

    def __init__(self, deadline: float | None = None, clock: Clock = MONOTONIC) -> None:
        super().__init__()
        self.deadline = deadline
        """Monotonic seconds after which nobody waits for this answer any more."""
        self._unanswered = threading.Lock()
        self._unanswered.acquire()
        self._clock = clock
        self._right_to_answer = [True]
        self._value: Any = None
        self._error: BaseException | None = None
        self._traceback: TracebackType | None = None
        self.asked: Actor | None = None
        """Whose answer this will be, where that is known."""
        self._callbacks: list[DoneCallback] = []
        self.done = False
        """Whether it is answered."""

    def get(self, *, timeout: float | None = None) -> Any:
        """The answer; see `pykka.Future.get`.

        Raises:
            pykka.Timeout: there was none within `timeout` seconds.
            Exception: what the actor answered with.
        """
        if self._get_hook is not None:
            return super().get(timeout=timeout)
        if not self.done and not self._wait(timeout):
            raise pykka.Timeout(f"{timeout} seconds")
        if self._error is not None:
            raise self._error.with_traceback(self._traceback)  # each raising adds to what an error carries
        return self._value

    def wait(self) -> Any:
        """The answer, waited for until the deadline.

        Raises:
            AskTimeout: there was none.
            CallCycle: the one who is asked waits, directly or through others, for the one who asks.
            Exception: what the actor answered with.
        """
        asker = current()
        if asker is None or self.asked is None:
            return self._wait_until_deadline()
        asker.waiting_for = self.asked  # said before looking: of two who ask each other at once, one sees it
        try:
            _refuse_cycle(asker, self.asked)
            return self._wait_until_deadline()
        finally:
            asker.waiting_for = None

    def __await__(self) -> Generator[Any, None, Any]:
        """Wait in an asyncio event loop, which goes on turning."""
        if self._get_hook is not None:  # Pykka's stop(), map(), join(): nobody sets these, they are computed by getting
            return (yield from asyncio.to_thread(self.get).__await__())
        loop = asyncio.get_running_loop()
        answered = asyncio.Event()
        self.add_done_callback(lambda _: _tell(loop, answered))
        yield from self._answered_in_time(answered).__await__()
        return self.get()

    async def _answered_in_time(self, answered: asyncio.Event) -> None:
        timeout = None if self.deadline is None else max(0.0, self.deadline - self._clock.now())
        try:
            await asyncio.wait_for(answered.wait(), timeout)
        except TimeoutError:
            if not self.done:
                raise AskTimeout(f"no answer within {timeout:.3g} s") from None

    def _wait_until_deadline(self) -> Any:
        timeout = None if self.deadline is None else max(0.0, self.deadline - self._clock.now())
        try:
            return self.get(timeout=timeout)
        except pykka.Timeout:
            if self.done:  # an answer of that kind, or one that came as the waiting ended
                return self.get()
            raise AskTimeout(f"no answer within {timeout:.3g} s") from None

    def set(self, value: Any = None) -> None:
        """Answer with a value; a no-op when answered already."""
        self._settle(value, None)

    def set_exception(self, exc_info: ExcInfo | None = None) -> None:
        """Answer with an exception (the one being handled, by default); a no-op when answered already."""
        _, error, _ = exc_info or sys.exc_info()
        self._settle(None, error)

    def fail(self, error: BaseException) -> None:
        """Answer with this exception."""
        self._settle(None, error)

    def expired(self, now: float) -> bool:
        """Whether nobody waits for it any more."""
        return self.deadline is not None and now > self.deadline

    def add_done_callback(self, callback: DoneCallback) -> None:
        """Call `callback(reply)` once it is answered, in the answering thread, or now if it is."""
        self._callbacks.append(callback)
        if self.done:
            self._call_back()

    def _wait(self, timeout: float | None) -> bool:
        if not self._unanswered.acquire(timeout=-1 if timeout is None else max(0.0, timeout)):
            return False
        self._unanswered.release()  # the next who waits
        return True

    def _settle(self, value: Any, error: BaseException | None) -> None:
        try:
            self._right_to_answer.pop()  # atomic: of several who answer at once, one may
        except IndexError:
            return
        self._value, self._error = value, error
        if error is not None:
            self._traceback = error.__traceback__
        self.done = True
        self._unanswered.release()
        self._call_back()

    def _call_back(self) -> None:
        # Answered and added at once: either may find the other's callback, and the pop hands it to one of them.
        while self._callbacks:
            try:
                callback = self._callbacks.pop(0)
            except IndexError:
                return
            try:
                callback(self)
            except BaseException as error:
                if not isinstance(error, Exception) and current() is None:
                    raise  # Ctrl-C in the main thread, say; an actor that answers is not ended by who listens
                log.exception("a callback of a reply failed")


def _tell(loop: asyncio.AbstractEventLoop, answered: asyncio.Event) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: who waited in it gave up
        loop.call_soon_threadsafe(answered.set)


def _refuse_cycle(asker: Actor, asked: Actor) -> None:
    circle = [asker.name]
    actor: Actor | None = asked
    while actor is not None and len(circle) <= MAX_CIRCLE:
        circle.append(actor.name)
        if actor is asker:
            raise CallCycle(" asks ".join(circle) + ": none of them would ever be answered")
        actor = actor.waiting_for

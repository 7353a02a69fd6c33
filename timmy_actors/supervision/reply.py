"""The answer to an ask: a Pykka future that is set once, calls back, and knows its deadline."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
from collections.abc import Callable, Generator, Iterable
from functools import partial
from types import TracebackType
from typing import Any, Protocol, TypeAlias

import pykka

from timmy_actors.errors import AskTimeoutError, CallCycleError
from timmy_actors.supervision.checks import timeout as system_timeout
from timmy_actors.supervision.clock import MONOTONIC, Clock
from timmy_actors.supervision.context import call_observer, current
from timmy_actors.supervision.log_relay import RELAY
from timmy_actors.supervision.protocols import ActorLike

log = logging.getLogger(__name__)

MAX_CIRCLE = 100
"""Links looked at: others begin and end their waiting meanwhile."""

ExcInfo: TypeAlias = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]
DoneCallback: TypeAlias = Callable[["Reply"], object]


class Redirection(Protocol):
    """Where an ask goes whose message an actor did not handle."""

    def to_next(self, refused_by: object) -> bool:
        """Have it handled by the next incarnation instead of the one with this mailbox; False when that is too late."""
        ...

    def give_up(self) -> None:
        """Answer it if it still waits for an incarnation: its deadline has come."""
        ...


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
        self.asked: ActorLike | None = None
        """Whose answer this will be, where that is known."""
        self.redirection: Redirection | None = None
        """Where the message goes next, if the asker waits for a restart."""
        self._callbacks: list[DoneCallback] = []
        self.done = False
        """Whether it is answered."""

    def get(self, *, timeout: float | None = None) -> Any:
        """The answer, waited for until the deadline, or for `timeout` real seconds where that is less.

        Raises:
            AskTimeoutError: there was none by the deadline.
            pykka.Timeout: there was none within `timeout` seconds.
            CallCycleError: the one who is asked waits, directly or through others, for the one who asks.
            Exception: what the actor answered with.
        """
        if self._get_hook is not None:
            return super().get(timeout=timeout)
        if not self.done:
            self._await(timeout)
        if self._error is not None:
            raise self._error.with_traceback(self._traceback)  # each raising adds to what an error carries
        return self._value

    def wait(self) -> Any:
        """The answer, waited for until the deadline; see `get`."""
        return self.get()

    def __await__(self) -> Generator[Any, None, Any]:
        """Wait in an asyncio event loop, which goes on turning."""
        # Nobody sets Pykka's stop(), map() and join(), they are computed by getting; virtual time is moved by waiting.
        if self._get_hook is not None or self._clock.watches:
            return (yield from asyncio.to_thread(self.get).__await__())
        loop = asyncio.get_running_loop()
        answered = asyncio.Event()
        self.call_when_done(lambda _: _tell(loop, answered))
        yield from self._answered_in_time(answered).__await__()
        return self.get()

    async def _answered_in_time(self, answered: asyncio.Event) -> None:
        left = self._left(self.deadline)
        try:
            await asyncio.wait_for(answered.wait(), left)
        except TimeoutError:
            self._run_out(left)

    def _await(self, timeout: float | None) -> None:
        asker = current()
        if asker is None or self.asked is None:
            self._await_in_time(timeout)
            return
        asker.actor_waiting_for = self.asked  # said before looking: of two who ask each other at once, one sees it
        try:
            _refuse_cycle(asker, self.asked)
            self._await_in_time(timeout)
        finally:
            asker.actor_waiting_for = None

    def _await_in_time(self, timeout: float | None) -> None:
        left = self._left(self.deadline)
        if timeout is not None and (left is None or timeout < left):
            if not self.await_answer(timeout):
                raise pykka.Timeout(f"{timeout} seconds")
            return
        if not self._clock.wait_for_answer(self, left):
            self._run_out(left)

    def _run_out(self, left_s: float | None) -> None:
        if self.redirection is not None:
            self.redirection.give_up()
        if not self.done:
            raise AskTimeoutError(f"no answer within {left_s or 0.0:.3g} s")

    def _left(self, until: float | None) -> float | None:
        """Seconds until then; None for ever."""
        return None if until is None else system_timeout(until - self._clock.now())

    def await_answer(self, timeout_s: float | None) -> bool:
        """Block this thread for at most `timeout_s` real seconds; whether there is an answer."""
        limit = system_timeout(timeout_s)
        if not self._unanswered.acquire(timeout=-1 if limit is None else limit):
            return False
        self._unanswered.release()  # the next who waits
        return True

    def wake_on_answer(self, wake: Callable[[], object]) -> None:
        """Call `wake()` in the answering thread once there is an answer, or now if there is one; it must not wait."""
        self.call_when_done(partial(_wake, wake))

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

    def refuse(self, error: BaseException, refused_by: object) -> None:
        """The message was not handled, and will not be by the actor with this mailbox: ask the next, or fail."""
        if self.redirection is None or self.done or not self.redirection.to_next(refused_by):
            self.fail(error)

    def expired(self, now: float) -> bool:
        """Whether nobody waits for it any more."""
        return self.deadline is not None and now > self.deadline

    def add_done_callback(self, callback: DoneCallback) -> None:
        """Call `callback(reply)` once it is answered, in the answering thread, or now if it is.

        Where a supervisor answers, it is called in another thread, for the supervisor must not wait. Passing the
        deadline calls nothing: only who waits learns of that.
        """
        self.call_when_done(partial(_call_guarded, callback))

    def call_when_done(self, callback: DoneCallback) -> None:
        """The same for this package's own callbacks: they neither raise nor wait, so they are called in any thread."""
        self._callbacks.append(callback)
        if self.done:
            self._call_back()

    def _settle(self, value: Any, error: BaseException | None) -> None:
        try:
            self._right_to_answer.pop()  # atomic: of several who answer at once, one may
        except IndexError:
            return
        self._value, self._error = value, error
        if error is not None:
            self._traceback = error.__traceback__
        self.done = True
        self.redirection = None
        self._unanswered.release()
        self._call_back()

    def _call_back(self) -> None:
        # Answered and added at once: either may find the other's callback, and the pop hands it to one of them.
        while self._callbacks:
            try:
                callback = self._callbacks.pop(0)
            except IndexError:
                return
            callback(self)


def _wake(wake: Callable[[], object], _: Reply) -> None:
    wake()


def _call_guarded(callback: DoneCallback, reply: Reply) -> None:
    call_observer(partial(_call, callback, reply))


def _call(callback: DoneCallback, reply: Reply) -> None:
    try:
        callback(reply)
    except BaseException as error:
        if not isinstance(error, Exception) and threading.current_thread() is threading.main_thread():
            raise  # Ctrl-C, say; who answers is not ended by who listens
        RELAY.say(log, logging.ERROR, "a callback of a reply failed", error)


def _tell(loop: asyncio.AbstractEventLoop, answered: asyncio.Event) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: who waited in it gave up
        loop.call_soon_threadsafe(answered.set)


def _refuse_cycle(asker: ActorLike, asked: ActorLike) -> None:
    circle = [asker.actor_name]
    actor: ActorLike | None = asked
    while actor is not None and len(circle) <= MAX_CIRCLE:
        circle.append(actor.actor_name)
        if actor is asker:
            raise CallCycleError(" asks ".join(circle) + ": none of them would ever be answered")
        actor = actor.actor_waiting_for


def answer_all(replies: Iterable[Reply], outcome: object) -> None:
    """Answer everybody with the same value, or the same exception."""
    for reply in replies:
        if isinstance(outcome, Exception):
            reply.fail(outcome)
        else:
            reply.set(outcome)

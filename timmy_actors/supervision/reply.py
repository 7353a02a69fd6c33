"""The reply to an ask: a Pykka future that is set once, runs callbacks, and has a deadline."""

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

MAX_CYCLE = 100
"""The longest chain of asks that is checked for a cycle; the chain may change during the check."""

ExcInfo: TypeAlias = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]
DoneCallback: TypeAlias = Callable[["Reply"], object]


class Redirection(Protocol):
    """Passes an unhandled message to the next incarnation."""

    def to_next(self, refused_by: object) -> bool:
        """Pass it to an incarnation other than the one with this mailbox; False if its wait has expired."""
        ...

    def give_up(self) -> None:
        """Answer it at its deadline if it still waits for an incarnation."""
        ...


class Reply(pykka.Future[Any]):
    """A future that ignores all but the first answer, so that an answer and the actor's end may race.

    It uses one lock, held until there is an answer: an ask takes 0.7 of the time with Pykka's future and its condition.
    """

    def __init__(self, deadline: float | None = None, clock: Clock = MONOTONIC) -> None:
        super().__init__()
        self.deadline = deadline
        """Monotonic seconds after which the asker no longer waits."""
        self._unanswered = threading.Lock()
        self._unanswered.acquire()
        self._clock = clock
        self._right_to_answer = [True]
        self._value: Any = None
        self._error: BaseException | None = None
        self._traceback: TracebackType | None = None
        self.asked: ActorLike | None = None
        """The actor that is asked, if known."""
        self.redirection: Redirection | None = None
        """Passes the message on, if the asker waits for a restart."""
        self._callbacks: list[DoneCallback] = []
        self.done = False
        """Whether there is an answer."""

    def get(self, *, timeout: float | None = None) -> Any:
        """Wait for the answer until the deadline, or for `timeout` real seconds if that is earlier.

        Raises:
            AskTimeoutError: there was no answer by the deadline.
            pykka.Timeout: there was no answer within `timeout` seconds.
            CallCycleError: the asked actor waits, directly or through others, for the asking one.
            Exception: the actor's answer.
        """
        if self._get_hook is not None:
            return super().get(timeout=timeout)
        if not self.done:
            self._await(timeout)
        if self._error is not None:
            raise self._error.with_traceback(self._traceback)  # the original one: each raise would extend it
        return self._value

    def wait(self) -> Any:
        """Wait for the answer until the deadline; see `get`."""
        return self.get()

    def __await__(self) -> Generator[Any, None, Any]:
        """Wait in an asyncio event loop without blocking it."""
        # Pykka's map() and join() are computed by `get`, and a virtual clock advances only in a waiting thread.
        if self._get_hook is not None or self._clock.watches:
            return (yield from asyncio.to_thread(self.get).__await__())
        loop = asyncio.get_running_loop()
        answered = asyncio.Event()
        self.call_when_done(lambda _: set_in_loop(loop, answered))
        yield from self._answered_in_time(answered).__await__()
        return self.get()

    async def _answered_in_time(self, answered: asyncio.Event) -> None:
        left = self._left(self.deadline)
        try:
            async with asyncio.timeout(left):  # `wait_for` of Python 3.11 can drop a cancellation
                await answered.wait()
        except TimeoutError:
            self._expire(left)

    def _await(self, timeout: float | None) -> None:
        asker = current()
        if asker is None or self.asked is None:
            self._await_in_time(timeout)
            return
        asker.actor_waiting_for = (
            self.asked
        )  # set before the check, so that of two concurrent asks one detects the cycle
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
            self._expire(left)

    def _expire(self, left_s: float | None) -> None:
        if self.redirection is not None:
            self.redirection.give_up()
        if not self.done:
            raise AskTimeoutError(f"no answer within {left_s or 0.0:.3g} s")

    def _left(self, until: float | None) -> float | None:
        """Seconds until then; None for no limit."""
        return None if until is None else system_timeout(until - self._clock.now())

    def await_answer(self, timeout_s: float | None) -> bool:
        """Block this thread for at most `timeout_s` real seconds; True if there is an answer."""
        limit = system_timeout(timeout_s)
        if not self._unanswered.acquire(timeout=-1 if limit is None else limit):
            return False
        self._unanswered.release()  # for the next waiting thread
        return True

    def wake_on_answer(self, wake: Callable[[], object]) -> None:
        """Call `wake()` in the answering thread once there is an answer, or now if there is one; it must not block."""
        self.call_when_done(partial(_wake, wake))

    def set(self, value: Any = None) -> None:
        """Answer with a value; a no-op if there is already an answer."""
        self._settle(value, None)

    def set_exception(self, exc_info: ExcInfo | None = None) -> None:
        """Answer with an exception (by default the one being handled); a no-op if there is already an answer."""
        _, error, _ = exc_info or sys.exc_info()
        self._settle(None, error)

    def fail(self, error: BaseException) -> None:
        """Answer with this exception."""
        self._settle(None, error)

    def refuse(self, error: BaseException, refused_by: object) -> None:
        """Pass an unhandled message to an incarnation other than the one with this mailbox, or answer with `error`."""
        if self.redirection is None or self.done or not self.redirection.to_next(refused_by):
            self.fail(error)

    def expired(self, now: float) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and now > self.deadline

    def add_done_callback(self, callback: DoneCallback) -> None:
        """Call `callback(reply)` in the answering thread once there is an answer, or now if there is one.

        If a supervisor answers, it is called in another thread, because the supervisor must not block. A passed
        deadline triggers no callback; only a waiting asker is notified.
        """
        self.call_when_done(partial(_call_guarded, callback))

    def call_when_done(self, callback: DoneCallback) -> None:
        """Like `add_done_callback` for callbacks of this package, which neither raise nor block; runs in any thread."""
        self._callbacks.append(callback)
        if self.done:
            self._call_back()

    def _settle(self, value: Any, error: BaseException | None) -> None:
        try:
            self._right_to_answer.pop()  # atomic: of several concurrent answers one succeeds
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
        # `_settle` and `call_when_done` may run concurrently; the pop gives each callback to one of them.
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
            raise  # for example Ctrl-C; a callback must not end any other thread
        RELAY.log(log, logging.ERROR, "a callback of a reply failed", error)


def set_in_loop(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    """Set an event of this loop from any thread."""
    with contextlib.suppress(RuntimeError):  # the loop is closed, so no coroutine waits
        loop.call_soon_threadsafe(event.set)


def _refuse_cycle(asker: ActorLike, asked: ActorLike) -> None:
    cycle = [asker.actor_name]
    actor: ActorLike | None = asked
    while actor is not None and len(cycle) <= MAX_CYCLE:
        cycle.append(actor.actor_name)
        if actor is asker:
            raise CallCycleError(" asks ".join(cycle) + ": none of them would ever be answered")
        actor = actor.actor_waiting_for


def answer_all(replies: Iterable[Reply], outcome: object) -> None:
    """Answer all replies with the same value or exception."""
    for reply in replies:
        if isinstance(outcome, Exception):
            reply.fail(outcome)
        else:
            reply.set(outcome)

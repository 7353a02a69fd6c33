"""A value that one actor publishes, and that any thread reads without a message or waits for without polling."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Generic, TypeVar

from timmy_actors.supervision.checks import timeout
from timmy_actors.supervision.context import check_fence
from timmy_actors.supervision.reply import set_in_loop

T = TypeVar("T")
R = TypeVar("R")


class SharedValue(Generic[T]):
    """An atomically replaced reference to an immutable value. It outlives the actor that writes it.

    A read takes no lock. Each waiting thread costs the publisher one call; while none waits, waiting costs nothing.
    """

    __slots__ = ("_value", "_wakers")

    def __init__(self, value: T) -> None:
        self._value = value
        self._wakers: list[Callable[[], object]] = []

    @property
    def value(self) -> T:
        """The last published value."""
        return self._value

    @value.setter
    def value(self, value: T) -> None:
        check_fence()
        self._value = value
        if self._wakers:
            for wake in tuple(self._wakers):
                wake()

    def wait_for(self, predicate: Callable[[T], R], timeout_s: float) -> R:
        """Block this thread until `predicate(value)` is true; its last result, which is false after `timeout_s`.

        The predicate is called in this thread, first with the present value and then with the newest one after each
        publication: a value that is replaced at once may be missed.
        """
        return wait_until(lambda: predicate(self._value), self, timeout_s=timeout_s)

    async def await_for(self, predicate: Callable[[T], R], timeout_s: float) -> R:
        """`wait_for` for coroutines: it does not block the event loop."""
        loop, published = asyncio.get_running_loop(), asyncio.Event()
        deadline = loop.time() + timeout_s
        with self.waking(partial(set_in_loop, loop, published)):
            while not (result := predicate(self._value)) and loop.time() < deadline:
                try:
                    async with asyncio.timeout(
                        deadline - loop.time()
                    ):  # `wait_for` of Python 3.11 can drop a cancellation
                        await published.wait()
                except TimeoutError:
                    return predicate(self._value)
                published.clear()  # before the predicate: a later publication sets the event again
            return result

    @contextmanager
    def waking(self, wake: Callable[[], object]) -> Iterator[None]:
        """Call `wake` after each publication, in the publisher's thread; it must neither block nor raise."""
        self._wakers.append(wake)
        try:
            yield
        finally:
            self._wakers.remove(wake)


def wait_until(condition: Callable[[], R], *values: SharedValue[Any], timeout_s: float) -> R:
    """Block this thread until `condition()` is true; it is called again after each publication of one of the values.

    Returns:
        The condition's last result, which is false after `timeout_s`.
    """
    published, deadline = threading.Event(), time.monotonic() + timeout_s
    with ExitStack() as stack:
        for value in values:
            stack.enter_context(value.waking(published.set))
        while not (result := condition()) and (left_s := deadline - time.monotonic()) > 0:
            published.wait(timeout(left_s))
            published.clear()  # before the condition: a later publication sets the event again
        return result

"""The answer to an ask: a Pykka future that is set once, calls back, and knows its deadline."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeAlias

import pykka

from timmy_actors.errors import AskTimeout

ExcInfo: TypeAlias = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]
DoneCallback: TypeAlias = Callable[["Reply"], None]


class Reply(pykka.ThreadingFuture[Any]):
    """A future whose second setting is ignored, so that an answer racing a death can't hurt either side."""

    def __init__(self, deadline: float | None = None) -> None:
        super().__init__()
        self.deadline = deadline
        """Monotonic seconds after which nobody waits for this answer any more."""
        self._callbacks: list[DoneCallback] = []

    def set(self, value: Any = None) -> None:
        """Answer with a value; a no-op when answered already."""
        try:
            super().set(value)
        except queue.Full:
            return
        self._call_back()

    def set_exception(self, exc_info: ExcInfo | None = None) -> None:
        """Answer with an exception; a no-op when answered already."""
        try:
            super().set_exception(exc_info)
        except queue.Full:
            return
        self._call_back()

    def fail(self, error: BaseException) -> None:
        """Answer with this exception, without a traceback that would keep frames alive."""
        self.set_exception((type(error), error, None))

    @property
    def done(self) -> bool:
        """Whether it is answered."""
        return self._result is not None

    def expired(self, now: float) -> bool:
        """Whether nobody waits for it any more."""
        return self.deadline is not None and now > self.deadline

    def add_done_callback(self, callback: DoneCallback) -> None:
        """Call `callback(reply)` once it is answered, in the answering thread, or now if it is."""
        with self._condition:
            if not self.done:
                self._callbacks.append(callback)
                return
        callback(self)

    def wait(self) -> Any:
        """The answer, waited for until the deadline.

        Raises:
            AskTimeout: there was none.
            Exception: what the actor answered with.
        """
        timeout = None if self.deadline is None else max(0.0, self.deadline - time.monotonic())
        try:
            return self.get(timeout=timeout)
        except pykka.Timeout:
            if self.done:
                raise
            raise AskTimeout(f"no answer within {timeout:.3g} s") from None

    def _call_back(self) -> None:
        # Set already: whoever adds one from now on calls it at once, so the list is ours.
        for callback in self._callbacks:
            callback(self)
        self._callbacks.clear()

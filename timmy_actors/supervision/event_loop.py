"""An actor whose thread also runs an asyncio event loop, for operations that wait for I/O."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import cast

from timmy_actors.supervision import Actor, Mailbox
from timmy_actors.supervision.log_relay import RELAY
from timmy_actors.supervision.protocols import Letter

log = logging.getLogger(__name__)

STOP_WITHIN_S = 5.0
"""How long the coroutines of an actor that ends may take to end."""


class LoopMailbox(Mailbox):
    """A mailbox that runs an event loop while it waits. So the pings of a supervisor show whether the loop runs.

    It waits in real time: the test kit's virtual clock does not see it wait, and stands still.
    """

    def __init__(self) -> None:
        super().__init__()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waits = False

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop, for the actor's own thread."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        return self._loop

    def put(self, letter: Letter) -> None:
        """Add a message, and wake the actor."""
        super().put(letter)
        self._wake()

    def get(self) -> Letter:
        """Wait for the next message. The event loop turns at least once, so a backlog of messages does not stop it."""
        self.loop.call_soon(self.loop.stop)
        self.loop.run_forever()
        return super().get()

    def shut_out(self) -> None:
        """Close the mailbox from another thread; the actor's own thread ends the event loop."""
        super().shut_out()
        self._wake()

    def close(self) -> None:
        """Answer all waiting messages, cancel the coroutines, and close the event loop when they have ended."""
        super().close()
        if self._loop is not None:
            self._end(self._loop)

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        until = loop.time() + STOP_WITHIN_S
        while (tasks := asyncio.all_tasks(loop)) and (left_s := until - loop.time()) > 0:
            for task in tasks:  # a cancelled one may have begun another
                task.cancel()
            try:
                loop.run_until_complete(asyncio.wait(tasks, timeout=left_s))
            except (SystemExit, KeyboardInterrupt) as error:  # of a coroutine; the end of the actor must be reported
                RELAY.log(log, logging.ERROR, "a coroutine exited when it was cancelled", error)
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    def _wait(self, timeout_s: float | None) -> Letter | None:
        limit = None if timeout_s is None else self.loop.call_later(timeout_s, self.loop.stop)
        self._waits = True
        if self.arrivals.empty():
            self.loop.run_forever()
        self._waits = False
        if limit is not None:
            limit.cancel()
        return None

    def _wake(self) -> None:
        # A letter that was put before the loop existed is seen before the first wait.
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it is closed: the actor has ended
                self._loop.call_soon_threadsafe(self._interrupt)

    def _interrupt(self) -> None:
        if self._waits:
            self.loop.stop()


class LoopActor(Actor):
    """An actor that handles its messages and runs its coroutines in one thread, which its supervisor watches.

    Its coroutines are cancelled when it ends.
    """

    @staticmethod
    def _create_actor_inbox() -> LoopMailbox:
        return LoopMailbox()

    @property
    def event_loop(self) -> asyncio.AbstractEventLoop:
        """The event loop; it runs between two messages."""
        return cast("LoopMailbox", self.actor_inbox).loop

"""The root of a supervision tree: starts it, waits for its end, and stores the reason."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from timmy_actors.errors import AskTimeoutError, HungError, StartFailedError
from timmy_actors.supervision.actor import Lifecycle
from timmy_actors.supervision.checks import is_duration, require, timeout
from timmy_actors.supervision.formatting import describe
from timmy_actors.supervision.log_relay import RELAY
from timmy_actors.supervision.supervisor import Supervisor
from timmy_actors.supervision.watchdog import BEATS_PER_PATIENCE, is_hung, stack_of

if TYPE_CHECKING:
    import pykka

log = logging.getLogger(__name__)

HUNG_AFTER_S = 30.0
"""The default of every actor; no healthy supervisor is busy for so long."""
START_WITHIN_S = 30.0
STOP_WITHIN_S = 30.0


class Root(Lifecycle):
    """Runs the topmost supervisor in place of a parent: waits for its start, watches its loop, stores its end.

    ```python
    with Root(Supervisor(children, directory)) as root:  # every child is up, or StartFailedError is raised
        root.join()                                      # returns after a stop, or raises the exit reason
    ```

    `on_end` is called once, in the supervisor's thread, when the tree has ended. If the supervisor's own loop does not
    run for `hung_after_s`, the tree is abandoned and ends with `HungError`; None disables this check.
    """

    logs_failures = True

    def __init__(
        self,
        supervisor: Supervisor,
        *,
        name: str = "root",
        on_end: Callable[[], object] | None = None,
        hung_after_s: float | None = HUNG_AFTER_S,
    ) -> None:
        valid = hung_after_s is None or (is_duration(hung_after_s) and hung_after_s > 0)
        require(valid, "root: hung_after_s", hung_after_s, "must be seconds, more than 0, or None for never")
        self._supervisor = supervisor
        self._on_end = on_end
        self._hung_after_s = hung_after_s
        self._up = threading.Event()
        self._ended = threading.Event()
        self._once = threading.Lock()
        self._reason: BaseException | None = None
        supervisor.actor_name, supervisor.actor_lifecycle = name, self

    # For the owner.

    @property
    def ref(self) -> pykka.ActorRef[Supervisor]:
        """The supervisor's reference, for requests such as `StartChild` and `StopChild`."""
        return self._supervisor.actor_ref

    @property
    def exit_reason(self) -> BaseException | None:
        """Why the tree ended by itself; None while it runs, after a stop, and after completed work."""
        return self._reason

    @property
    def has_ended(self) -> bool:
        """Whether the tree has ended."""
        return self._ended.is_set()

    def launch(self) -> Self:
        """Start the tree without waiting. A root can be launched once.

        Raises:
            StartFailedError: it was already launched.
        """
        if self._supervisor.actor_thread is not None:
            raise StartFailedError(f"{self._supervisor.actor_name} was already started: create a new Root")
        self._supervisor.launch()
        if self._hung_after_s is not None and not self._supervisor.mailbox.clock.watches:
            threading.Thread(target=self._watch, args=(self._hung_after_s,), name="root watch", daemon=True).start()
        return self

    def start(self, timeout_s: float = START_WITHIN_S) -> Self:
        """Start the tree and wait until every child is up.

        Raises:
            StartFailedError: a child failed to start, or not all were up within `timeout_s`; the tree is then stopped.
        """
        self.launch()
        if not self.wait_started(timeout_s):
            self.stop()
            raise StartFailedError(f"{self._supervisor.actor_name} did not start within {timeout_s:g} s")
        return self

    def wait_started(self, timeout_s: float) -> bool:
        """Wait until every child is up; False after `timeout_s`.

        Raises:
            StartFailedError: a child failed to start, or the tree has ended for another reason.
        """
        is_up = self._up.wait(timeout(timeout_s))
        if self._reason is not None:
            raise StartFailedError(describe(self._reason)) from self._reason
        return is_up

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait until the tree has ended; False after `timeout_s`.

        Raises:
            BaseException: `exit_reason`, if the tree ended by itself: `GaveUpError`, `StartFailedError`,
            `TooManyAbandonedError`, `HungError`.
        """
        if not self._ended.wait(timeout(timeout_s)):
            return False
        if self._reason is not None:
            raise self._reason
        return True

    def wait(self, timeout_s: float | None = None) -> bool:
        """Like `join`, but without raising `exit_reason`."""
        return self._ended.wait(timeout(timeout_s))

    def stop(self, timeout_s: float = STOP_WITHIN_S) -> None:
        """Stop every child, the last started first, and wait for the end; a no-op if the tree has ended.

        Raises:
            AskTimeoutError: the tree has not ended within `timeout_s`.
        """
        if self._supervisor.actor_thread is None:
            return
        Supervisor.stop(self._supervisor)
        if not self._ended.wait(timeout(timeout_s)):
            raise AskTimeoutError(f"{self._supervisor.actor_name} did not stop within {timeout_s:g} s")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self.stop()
        if error is None:
            self.join()

    # For the supervisor.

    def started(self) -> None:
        """Called by the supervisor; see `Lifecycle`."""
        self._up.set()

    def down(self, reason: BaseException | None) -> None:
        """Called by the supervisor; see `Lifecycle`."""
        with self._once:
            if self._ended.is_set():
                return
            self._reason = reason
            if reason is not None:
                # A failed start is raised in `start`; any other end may occur while no thread waits for it.
                level = logging.DEBUG if isinstance(reason, StartFailedError) else logging.CRITICAL
                RELAY.log(log, level, f"the tree {self._supervisor.actor_name} ended: {describe(reason)}")
            self._ended.set()
        self._up.set()
        if self._on_end is not None:
            self._on_end()

    def _watch(self, patience_s: float) -> None:
        mailbox = self._supervisor.mailbox
        while not self._ended.wait(patience_s / BEATS_PER_PATIENCE):
            if is_hung(mailbox, patience_s, mailbox.clock.now()):
                self._abandon(f"its loop has not run for {patience_s:g} s")

    def _abandon(self, why: str) -> None:
        name, stack = self._supervisor.actor_name, stack_of(self._supervisor.actor_thread)
        RELAY.log(log, logging.CRITICAL, f"{name} is abandoned with its tree: {why}; it is stuck in\n{stack}")
        self._supervisor.actor_fence()
        self.down(HungError(f"{name} hung: {why}"))

"""A supervision tree that stands alone: its start, its end, and why it ended."""

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
"""As for every other actor: no supervisor is busy for so long."""
START_WITHIN_S = 30.0
STOP_WITHIN_S = 30.0


class Root(Lifecycle):
    """Holds the topmost supervisor, as nobody above it does: waits for its start, watches its loop, keeps its end.

    ```python
    with Root(Supervisor(children, directory)) as root:  # every child is up, or StartFailedError says why not
        root.join()                                      # returns when it was stopped, raises what it gave up for
    ```

    `on_end` is called once, in the supervisor's thread, when the tree has ended. `hung_after_s` is how long the
    supervisor's own loop may stand still: then the tree is abandoned, and has ended with `HungError`. None watches
    nothing.
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
        right = hung_after_s is None or (is_duration(hung_after_s) and hung_after_s > 0)
        require(right, "root: hung_after_s", hung_after_s, "must be seconds, more than 0, or None for never")
        self._supervisor = supervisor
        self._on_end = on_end
        self._hung_after_s = hung_after_s
        self._up = threading.Event()
        self._ended = threading.Event()
        self._once = threading.Lock()
        self._reason: BaseException | None = None
        supervisor.actor_name, supervisor.actor_lifecycle = name, self

    # For its owner.

    @property
    def ref(self) -> pykka.ActorRef[Supervisor]:
        """The supervisor: ask it to start and stop children."""
        return self._supervisor.actor_ref

    @property
    def exit_reason(self) -> BaseException | None:
        """Why the tree ended by itself; None while it lives, and when it was stopped or its work was done."""
        return self._reason

    @property
    def has_ended(self) -> bool:
        """Whether every actor of it is down."""
        return self._ended.is_set()

    def launch(self) -> Self:
        """Start it without waiting. A root lives once.

        Raises:
            StartFailedError: it was launched before.
        """
        if self._supervisor.actor_thread is not None:
            raise StartFailedError(f"{self._supervisor.actor_name} was started before, and lives once: make another")
        self._supervisor.launch()
        if self._hung_after_s is not None and not self._supervisor.mailbox.clock.watches:
            threading.Thread(target=self._watch, args=(self._hung_after_s,), name="root watch", daemon=True).start()
        return self

    def start(self, timeout_s: float = START_WITHIN_S) -> Self:
        """Start it, and return when every child is up.

        Raises:
            StartFailedError: a child did not start, or not all of them within `timeout_s`; what was started is stopped.
        """
        self.launch()
        if not self.wait_started(timeout_s):
            self.stop()
            raise StartFailedError(f"{self._supervisor.actor_name} did not start within {timeout_s:g} s")
        return self

    def wait_started(self, timeout_s: float) -> bool:
        """Wait until every child is up; False when they are not in time.

        Raises:
            StartFailedError: a child did not start, or the tree has ended since for another reason.
        """
        came = self._up.wait(timeout(timeout_s))
        if self._reason is not None:
            raise StartFailedError(describe(self._reason)) from self._reason
        return came

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait until the tree has ended; False when it has not in time.

        Raises:
            BaseException: `exit_reason`, where it ended by itself: `GaveUpError`, `StartFailedError`,
            `TooManyAbandonedError`, `HungError`.
        """
        if not self._ended.wait(timeout(timeout_s)):
            return False
        if self._reason is not None:
            raise self._reason
        return True

    def wait(self, timeout_s: float | None = None) -> bool:
        """`join` without raising: whether the tree has ended, for those who look at `exit_reason` themselves."""
        return self._ended.wait(timeout(timeout_s))

    def stop(self, timeout_s: float = STOP_WITHIN_S) -> None:
        """Stop every child, the last started first, and wait for the end; a no-op when it has ended.

        Raises:
            AskTimeoutError: it has not ended within `timeout_s`.
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
        """See `Lifecycle`."""
        self._up.set()

    def down(self, reason: BaseException | None) -> None:
        """See `Lifecycle`."""
        with self._once:
            if self._ended.is_set():
                return
            self._reason = reason
            if reason is not None:
                # A start that failed is raised where it was asked for; of any other end nobody may have asked yet.
                level = logging.DEBUG if isinstance(reason, StartFailedError) else logging.CRITICAL
                RELAY.say(log, level, f"the tree {self._supervisor.actor_name} ended: {describe(reason)}")
            self._ended.set()
        self._up.set()
        if self._on_end is not None:
            self._on_end()

    def _watch(self, patience_s: float) -> None:
        mailbox = self._supervisor.mailbox
        while not self._ended.wait(patience_s / BEATS_PER_PATIENCE):
            if is_hung(mailbox, patience_s, mailbox.clock.now()):
                self._abandon(f"its loop has not turned for {patience_s:g} s")

    def _abandon(self, why: str) -> None:
        name, stack = self._supervisor.actor_name, stack_of(self._supervisor.actor_thread)
        RELAY.say(log, logging.CRITICAL, f"{name} is abandoned with its tree: {why}; it is stuck in\n{stack}")
        self._supervisor.actor_fence()
        self.down(HungError(f"{name} hung: {why}"))

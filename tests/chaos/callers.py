"""Those who give the commands: each until its end is known, through whatever happens to the daemon."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

from timmy_actors.client import Daemon, connect
from timmy_actors.commands.delivery import FORGOTTEN, RESTARTED
from timmy_actors.errors import DaemonUnreachableError, RefusedError, TimmyError

CALLERS = 8
TIMEOUT_S = 1.0
AGAIN_AFTER_S = 0.02
GOLD = "gold_001"


def command_id(number: int) -> str:
    """The idempotency key of a command."""
    return f"gold-{number}"


def number_of(key: str) -> int:
    """The command of an idempotency key."""
    return int(key.removeprefix("gold-"))


class Callers:
    """Give commands 1 to `total`: command n gives n gold, so that the ledger tells each from the others.

    A command that was not done for sure, or of which nothing is known yet, is given again under its id.
    """

    def __init__(self, endpoint: str, total: int) -> None:
        self._endpoint = endpoint
        self._numbers = iter(range(1, total + 1))
        self._turn = threading.Condition()
        self._allowed = 0
        self.total = total
        self.heard: dict[int, str] = {}
        """What each command's caller heard in the end: `done` or a refusal's code."""
        self.answers: Counter[str] = Counter()
        """Every answer on the way."""
        self.slowest_s = 0.0
        self._threads = [threading.Thread(target=self._run, name=f"caller {number}") for number in range(CALLERS)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def allow(self, number: int) -> None:
        """Let commands up to this one be given."""
        with self._turn:
            self._allowed = number
            self._turn.notify_all()

    def wait_for(self, count: int, timeout_s: float) -> bool:
        """Wait until so many have ended; False when they have not in time."""
        with self._turn:
            return self._turn.wait_for(lambda: len(self.heard) >= count, timeout_s)

    def join(self) -> None:
        """Wait for all."""
        for thread in self._threads:
            thread.join()

    def _next(self) -> int | None:
        with self._turn:
            number = next(self._numbers, None)
            if number is not None:
                self._turn.wait_for(lambda: self._allowed >= number)
            return number

    def _run(self) -> None:
        with self._connect() as daemon:
            while (number := self._next()) is not None:
                began = time.monotonic()
                while (end := self._give(number, daemon)) is None:
                    threading.Event().wait(AGAIN_AFTER_S)
                with self._turn:
                    self.heard[number] = end
                    self.slowest_s = max(self.slowest_s, time.monotonic() - began)
                    self._turn.notify_all()

    def _connect(self) -> Daemon:
        while True:
            try:
                return connect(self._endpoint)
            except DaemonUnreachableError:
                threading.Event().wait(AGAIN_AFTER_S)

    def _give(self, number: int, daemon: Daemon) -> str | None:
        answer, ends = _give_once(
            lambda: daemon.command(
                "give_item", item=GOLD, count=number, command_id=command_id(number), timeout_s=TIMEOUT_S
            )
        )
        with self._turn:
            self.answers[answer] += 1
        return answer if ends else None


def _give_once(give: Callable[[], object]) -> tuple[str, bool]:
    """The answer, and whether it is the last word."""
    try:
        give()
    except RefusedError as refused:
        known = refused.message in (RESTARTED, FORGOTTEN)
        again = refused.code in ("expired", "overloaded", "unavailable") or (refused.code == "in_doubt" and not known)
        return refused.code, not again
    except TimmyError as error:
        return type(error).__name__, False
    return "done", True

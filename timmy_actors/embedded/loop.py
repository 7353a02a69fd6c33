"""The server's loop: a tick, a millisecond's wait, until somebody says stop."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable
from types import FrameType

WAIT_MS = 1
"""The real server sleeps as long between its ticks."""
SLOW_TICK_S = 0.05
"""A tick this long was felt by every player: something in it blocked."""


class Loop:
    """Runs `tick` until it says False, a signal comes, or the lifeline's last writer is gone.

    Args:
        tick: one turn; False ends the loop.
        report: takes a line about a tick that blocked.
        lifeline: a pipe's read end, or None.
    """

    def __init__(self, tick: Callable[[], bool], report: Callable[[str], None], lifeline: int | None) -> None:
        self._tick = tick
        self._report = report
        self._lifeline = lifeline
        self._stopping = False
        self._poll = select.poll()
        if lifeline is not None:
            self._poll.register(lifeline, select.POLLIN)

    def stop_on_signals(self) -> None:
        """From now on SIGTERM, SIGINT and SIGHUP end the loop after its current tick; an ignored SIGHUP stays so."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._stop)

    def run(self) -> None:
        """Turn until the end."""
        while not self._stopping:
            began = time.monotonic()
            if not self._tick():
                return
            self._judge(time.monotonic() - began)
            if self._poll.poll(WAIT_MS) and self._lifeline_is_cut():
                return

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _judge(self, took_s: float) -> None:
        if took_s > SLOW_TICK_S:
            self._report(f"[WARN] blocking call: a tick took {took_s * 1000:.0f} ms, and the game stood still")

    def _lifeline_is_cut(self) -> bool:
        return self._lifeline is not None and os.read(self._lifeline, 1) == b""

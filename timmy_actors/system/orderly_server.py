"""A web server as a program of its own, which a signal ends in order. Needs uvicorn, which is in some extras only."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from uvicorn.server import HANDLED_SIGNALS


class OrderlyServer(uvicorn.Server):
    """A server for which SIGINT and SIGTERM are, once it is created, the ordinary end: `serve` returns.

    uvicorn's own (0.54) raises the signal again when it has ended, and what its caller would put in order is not done.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        """Handle the signals; only the main thread may."""
        super().__init__(config)
        for number in HANDLED_SIGNALS:
            signal.signal(number, self.handle_exit)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The signals are handled already, and stay so."""
        yield

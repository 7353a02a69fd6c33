"""Who is measured: the same few verbs on this package, bare Pykka, mode-streaming and Erlang/OTP.

Each is idle while another has its round, so that they can be measured in turn in one run.
"""

from __future__ import annotations

from typing import Protocol

ASKS = 300
TELLS = 5_000
BURSTS = 5
LIVES = 20
CRASHES = 20


class Contender(Protocol):
    """An echo service with somebody who restarts it. Microseconds, unless a method says otherwise."""

    name: str

    def ask(self) -> float:
        """A question and its answer: the median of `ASKS`."""
        ...

    def tell(self) -> tuple[float, float]:
        """Thousands of messages a second, sent and handled: the medians of `BURSTS` bursts of `TELLS`."""
        ...

    def live(self) -> tuple[float, float]:
        """From start to the first answer, and from stop to its end: the medians of `LIVES`."""
        ...

    def crash(self) -> float:
        """From the crash to the first answer of the replacement: the median of `CRASHES`."""
        ...

    def close(self) -> None:
        """Leave nothing running."""
        ...


class AbsentError(Exception):
    """It cannot be measured here; the message says why, and what to do."""

"""How a crowd of players fared: what is measured while it plays, and the report."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from timmy_actors.player_client.endings import ENDINGS, EndCode

MS_PER_S = 1000


@dataclass(frozen=True)
class Spread:
    """Durations in milliseconds: median, 99th percentile and longest."""

    p50: float
    p99: float
    longest: float

    def line(self) -> str:
        """The same in words."""
        return f"p50 {self.p50:.1f} ms, p99 {self.p99:.1f} ms, longest {self.longest:.1f} ms"


def spread(counts: Counter[float]) -> Spread | None:
    """The spread of durations, None if there are none; `counts` says how often each occurred."""
    ordered = sorted(counts.items())
    return Spread(_quantile(ordered, 0.5), _quantile(ordered, 0.99), ordered[-1][0]) if ordered else None


def _quantile(ordered: list[tuple[float, int]], part: float) -> float:
    rank = part * sum(count for _, count in ordered)
    reached = accumulate(count for _, count in ordered)
    return next(value for (value, _), total in zip(ordered, reached, strict=True) if total >= rank)


@dataclass
class Gaps:
    """The times between packets of the game, of all players together: the server's main loop sends them all.

    Acknowledgements do not count: another thread of the server sends them, also while its scripts stand still.
    """

    counts: Counter[float] = field(default_factory=Counter)
    """How often each gap occurred, in whole milliseconds."""
    _last: float | None = None

    def packet(self, now: float) -> None:
        """A packet arrived for a player that is in the world."""
        if self._last is not None:
            self.counts[float(round((now - self._last) * MS_PER_S))] += 1
        self._last = now


@dataclass(frozen=True)
class CrowdReport:
    """How it went. Times are in milliseconds."""

    players: int
    entered: int
    seconds: float
    endings: dict[EndCode, int]
    """How many connections ended for which reason, before their time."""
    login_ms: tuple[float, ...]
    """How long each login took, from the first datagram."""
    round_trip_ms: tuple[float, ...]
    """Each player's mean round trip at the end: the server's network thread."""
    chat_ms: tuple[float, ...]
    """How long each line took to come back: the server's scripts."""
    gaps: Spread | None
    """The time between packets of the game, of all players together. With much to send it shows the server's ticks."""
    resent: int
    malformed: int

    @property
    def login_p50_ms(self) -> float:
        """The median login."""
        return statistics.median(self.login_ms) if self.login_ms else math.nan

    @property
    def succeeded(self) -> bool:
        """Whether all came in, and stayed."""
        return self.entered == self.players and not self.endings

    def lines(self) -> Iterator[str]:
        """The report for a person, a line each."""
        yield f"players     {self.entered} of {self.players} came in, for {self.seconds:.0f} s"
        for name, times in (("logins", self.login_ms), ("round trips", self.round_trip_ms), ("chat", self.chat_ms)):
            if (durations := spread(Counter(times))) is not None:
                yield f"{name:<12}{durations.line()}"
        if self.gaps is not None:
            yield f"gaps        {self.gaps.line()}, between packets of the game"
        yield f"resent      {self.resent} frames; {self.malformed} could not be read"
        for code, count in sorted(self.endings.items()):
            yield f"ended       {count} times {code}: {ENDINGS[code].message}"

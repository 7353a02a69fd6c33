"""The journal's own clock: how long a command has been settled, whatever the wall clock was set to meanwhile. Pure.

A wall clock that jumps forward must not make young commands old, because a repeat of a forgotten command is executed
again. So age is counted by the host's boot clock, which cannot be set and goes on while the machine sleeps
(clock_gettime(2), `CLOCK_BOOTTIME`). The time that the machine was off is not counted.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Moment:
    """What the host's clocks show."""

    boot: str
    """The host's boot id; empty where the host has none."""
    boot_s: float
    """Seconds since that boot."""
    wall_s: float
    """Seconds since 1970, as the host believes."""


@dataclass(frozen=True)
class JournalClock:
    """How many seconds the journal has lived, as last written at a moment."""

    age_s: float
    at: Moment

    def advanced(self, now: Moment) -> JournalClock:
        """The same clock now.

        Within one boot, the boot clock is the only judge. After a reboot (or on another machine) no clock is certain:
        neither more than the time since that boot, nor more than the wall clock's difference is believed.
        """
        if now.boot and now.boot == self.at.boot:
            passed_s = now.boot_s - self.at.boot_s
        else:
            passed_s = min(now.boot_s, now.wall_s - self.at.wall_s)
        return JournalClock(self.age_s + max(0.0, passed_s), now)


def now() -> Moment:
    """The moment now."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return Moment(_boot_id(), time.clock_gettime(clock), time.time())


@cache
def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:  # not Linux, or no /proc: then the wall clock bounds what is believed
        return ""

"""Logs a cause once, then only how often it recurred: a flood of bad requests must not become a flood of lines."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

REPEAT_AFTER_S = 60.0
"""A cause that goes on is logged again after this time, with the number of times since."""
MAX_CAUSES = 64
"""Causes that have an entry each; later ones share one entry."""


@dataclass
class _Seen:
    logged_at: float
    repeats: int = 0


class CauseLog:
    """Counts causes, which must be fixed texts: what a client sent belongs into `detail`. For one thread."""

    def __init__(self, log: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock = clock
        self._seen: dict[str, _Seen] = {}

    def note(self, cause: str, detail: str = "", *, error: BaseException | None = None) -> None:
        """Log the cause as a warning (with `error`: as an error with its traceback), unless it was logged lately."""
        if cause not in self._seen and len(self._seen) >= MAX_CAUSES:
            cause = "other causes"
        seen, now = self._seen.get(cause), self._clock()
        if seen is not None and now - seen.logged_at < REPEAT_AFTER_S:
            seen.repeats += 1
            return
        again = f" (and {seen.repeats} times since it was last logged)" if seen is not None and seen.repeats else ""
        self._seen[cause] = _Seen(now)
        level = logging.WARNING if error is None else logging.ERROR
        self._log.log(level, "http: %s%s%s", cause, f": {detail}" if detail else "", again, exc_info=error)

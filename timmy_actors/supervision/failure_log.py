"""What the log says of one child's failures: each in full once, and again when it keeps coming."""

from __future__ import annotations

import logging

from timmy_actors.errors import ActorFailureError
from timmy_actors.supervision.log_relay import RELAY

log = logging.getLogger(__name__)

AGAIN_EVERY = 10
"""A failure that repeats word by word is logged again the 10th, 100th, 1,000th, ... time in a row, with that number."""


class FailureLog:
    """Belongs to a child, whichever incarnation of it fails. Called in the thread of the one that failed."""

    def __init__(self, child: str) -> None:
        self._child = child
        self._words = ""
        self._times = 0
        self._again_at = AGAIN_EVERY

    def say(self, reason: BaseException, words: str, *, asked: bool) -> None:
        """Log one; `asked` if the child was asked to stop."""
        text = f"{self._child} {'failed while it stopped' if asked else 'ended'}: {words}"
        if text != self._words:
            self._words, self._times, self._again_at = text, 1, AGAIN_EVERY
            RELAY.say(log, logging.WARNING, text, None if isinstance(reason, ActorFailureError) else reason)
            return
        self._times += 1
        if self._times == self._again_at:
            self._again_at *= AGAIN_EVERY
            RELAY.say(log, logging.WARNING, f"{text} (for the {self._times:,}th time in a row)")

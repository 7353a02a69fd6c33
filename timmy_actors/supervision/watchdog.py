"""Finds children whose loops do not turn."""

from __future__ import annotations

import math
from collections.abc import Iterable

from pykka._envelope import Envelope

from timmy_actors.supervision.child import Child, ChildState
from timmy_actors.supervision.control import Ping
from timmy_actors.supervision.mailbox import Mailbox
from timmy_actors.supervision.spec import ChildSpec

BEATS_PER_PATIENCE = 4
"""How often a child is looked at within the time after which it counts as hung."""


class Watchdog:
    """Pings children, and remembers in their mailboxes since when the ping is unanswered."""

    def __init__(self) -> None:
        self._shortest = math.inf

    @property
    def period_s(self) -> float | None:
        """How often to look; None for never."""
        return None if math.isinf(self._shortest) else self._shortest / BEATS_PER_PATIENCE

    def consider(self, specs: Iterable[ChildSpec]) -> bool:
        """Take account of children; whether it has to look more often from now on."""
        before = self._shortest
        for spec in specs:
            if spec.hung_after_s is not None:
                self._shortest = min(self._shortest, spec.hung_after_s)
        return self._shortest < before

    def finds_hung(self, child: Child, mailbox: Mailbox, now: float) -> bool:
        """Whether the child's ping is unanswered for too long; pings it where none is."""
        patience_s = child.spec.hung_after_s
        if child.state is not ChildState.UP or patience_s is None:
            return False
        return is_hung(mailbox, patience_s, now)


def is_hung(mailbox: Mailbox, patience_s: float, now: float) -> bool:
    """Whether a ping has been unanswered for so long; pings the actor where none is."""
    if mailbox.pinged_at is not None:
        return now - mailbox.pinged_at >= patience_s
    mailbox.pinged_at = now
    mailbox.put(Envelope(Ping()))
    return False

"""Checks from outside that every actor of a tree still handles messages."""

from __future__ import annotations

import math

from pykka._envelope import Envelope

from timmy_actors.supervision.control import Ping
from timmy_actors.supervision.directory import Directory
from timmy_actors.supervision.reply import Reply
from timmy_actors.supervision.root import Root
from timmy_actors.supervision.roster import ChildState


class Liveness:
    """Pings the root and every actor that is up, in rounds; for one thread.

    An actor that ended or was replaced after it was pinged does not count: its supervisor has noticed.
    """

    def __init__(self, root: Root, directory: Directory) -> None:
        self._root = root
        self._directory = directory
        self._pending: list[tuple[str | None, object, Reply]] = []

    def ping(self) -> None:
        """Start a round."""
        self._pending = [(None, None, self._ping(self._root.ref.actor_inbox))]
        for name, entry in self._directory.entries.items():
            if entry.state is ChildState.UP and entry.ref is not None:
                self._pending.append((name, entry.ref, self._ping(entry.ref.actor_inbox)))

    def silent(self) -> list[str]:
        """The actors that have not answered in this round, by name; "root" is the topmost supervisor."""
        self._pending = [pending for pending in self._pending if self._is_silent(*pending)]
        return [name or "root" for name, _, _ in self._pending]

    def _ping(self, inbox: object) -> Reply:
        reply = Reply(math.inf, self._directory.clock)
        inbox.put(Envelope(Ping(), reply_to=reply))  # type: ignore[attr-defined]
        return reply

    def _is_silent(self, name: str | None, ref: object, reply: Reply) -> bool:
        if reply.done:
            return False
        if name is None:
            return not self._root.has_ended
        entry = self._directory.entry(name)
        return entry is not None and entry.ref is ref

"""The base of an actor that waits for sockets as well as for messages."""

from __future__ import annotations

from typing import cast

from timmy_actors.supervision import Actor
from timmy_actors.supervision.polling_mailbox import SocketMailbox


class SocketActor(Actor):
    """Attach sockets in `on_start`, close them in `on_stop` and `on_failure`: they belong to the actor's thread."""

    @staticmethod
    def _create_actor_inbox() -> SocketMailbox:
        return SocketMailbox()

    @property
    def sockets(self) -> SocketMailbox:
        """The mailbox, as what polls sockets."""
        return cast("SocketMailbox", self.actor_inbox)

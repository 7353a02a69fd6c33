"""What the actors publish for everybody to read: the values outlive whoever wrote them."""

from __future__ import annotations

from timmy_actors.perception import Perceptions
from timmy_actors.protocol import Health, JournalStatus, LinkStatus, PortalEntry, PortalStatus, WorldStatus
from timmy_actors.supervision import Published


class SharedState:
    """One shared value per concern. Each actor is given the one it writes, and those it reads."""

    def __init__(self) -> None:
        self.link: Published[LinkStatus] = Published(LinkStatus(state="down", reason="not started"))
        self.perceptions = Perceptions(self.link)
        self.world: Published[WorldStatus | None] = Published(None)
        self.journal: Published[JournalStatus] = Published(JournalStatus(state="off"))
        self.portal: Published[PortalEntry | None] = Published(None)
        self.portal_status: Published[PortalStatus | None] = Published(None)
        self.health: Published[Health | None] = Published(None)

    def current_health(self) -> Health | None:
        """The last verdict, with the portal's status of this moment: that changes more often than a verdict is made."""
        health, portal = self.health.value, self.portal.value
        if health is None or portal is None:
            return health
        return health.model_copy(update={"portal": portal.id, "portal_status": self.portal_status.value})

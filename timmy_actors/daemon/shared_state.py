"""The values that actors share: they survive restarts of the actors that write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from timmy_actors.perception import Perceptions
from timmy_actors.protocol import (
    GameDataStatus,
    Health,
    HeartbeatStatus,
    HttpStatus,
    JournalStatus,
    LinkStatus,
    PerceptionOutput,
    PlayerClientStatus,
    PortalEntry,
    PortalStatus,
    WorldStatus,
)
from timmy_actors.supervision import SharedValue

if TYPE_CHECKING:
    from timmy_actors.gamedata import Library


class SharedState:
    """One shared value per concern. Each actor receives those that it writes or reads."""

    def __init__(self) -> None:
        self.link: SharedValue[LinkStatus] = SharedValue(LinkStatus(state="down", reason="not started"))
        self.perceptions = Perceptions(self.link)
        self.world: SharedValue[WorldStatus | None] = SharedValue(None)
        self.journal: SharedValue[JournalStatus] = SharedValue(JournalStatus(state="off"))
        self.player_client: SharedValue[PlayerClientStatus | None] = SharedValue(None)
        self.player_perception: SharedValue[PerceptionOutput | None] = SharedValue(None)
        """What the player client itself perceives."""
        self.http: SharedValue[HttpStatus | None] = SharedValue(None)
        self.heartbeat: SharedValue[HeartbeatStatus | None] = SharedValue(None)
        self.portal: SharedValue[PortalEntry | None] = SharedValue(None)
        self.portal_status: SharedValue[PortalStatus | None] = SharedValue(None)
        self.game_data: SharedValue[GameDataStatus | None] = SharedValue(None)
        self.library: SharedValue[Library | None] = SharedValue(None)
        """The open index of the game's data files; None: there is none yet."""
        self.health: SharedValue[Health | None] = SharedValue(None)
        self.ended: SharedValue[bool] = SharedValue(False)  # noqa: FBT003  a value, not a flag
        """Whether the tree has ended."""

    def current_health(self) -> Health | None:
        """The last verdict with the current status of the portal, which changes more often than the verdict."""
        health, portal = self.health.value, self.portal.value
        if health is None or portal is None:
            return health
        return health.model_copy(update={"portal": portal.id, "portal_status": self.portal_status.value})

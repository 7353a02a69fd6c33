"""The answer to a list of portals."""

from __future__ import annotations

from timmy_actors.protocol._base import Model
from timmy_actors.protocol.action import ActionResult
from timmy_actors.protocol.game_state import GameState
from timmy_actors.protocol.portal import PortalEntry
from timmy_actors.protocol.portal_status import PortalStatus


class Portals(Model):
    """The catalog, and the chosen portal."""

    chosen: str
    portals: tuple[PortalEntry, ...]
    status: PortalStatus | None = None
    """The status of the chosen portal."""
    last_capture: GameState | None = None
    """The latest capture for any caller; None: none since the portal's actor started."""
    last_action: ActionResult | None = None
    """The latest action for any caller; None: none since this portal was chosen or its actor started."""

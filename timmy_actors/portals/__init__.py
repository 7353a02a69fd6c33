"""GamePortal: the catalogue of games (`portals.json`) and the choice among them."""

from timmy_actors.portals.actor import (
    PORTAL_MARGIN_S,
    Caller,
    Capture,
    CheckPortal,
    Choice,
    Execute,
    ListPortals,
    PortalActor,
    PortalOptions,
    UsePortal,
)
from timmy_actors.portals.catalog.catalog import choose, load_catalogue
from timmy_actors.portals.desktop.capture_store import CaptureStore
from timmy_actors.portals.mcp.server_options import CAPTURES, PYTHON, Redactor, ServerOptions, pick
from timmy_actors.portals.mcp.session_actor import UNNEEDED, Offer, SessionActor, Wanted
from timmy_actors.portals.steam.answers import KEY_VARIABLE
from timmy_actors.portals.steam.cache import SteamAccess
from timmy_actors.portals.tools.spec_tools import DESKTOP, STEAM
from timmy_actors.portals.tools.tool_tables import ToolTable, choose_table, load_tables

__all__ = [
    "CAPTURES",
    "DESKTOP",
    "KEY_VARIABLE",
    "PORTAL_MARGIN_S",
    "PYTHON",
    "STEAM",
    "UNNEEDED",
    "Caller",
    "Capture",
    "CaptureStore",
    "CheckPortal",
    "Choice",
    "Execute",
    "ListPortals",
    "Offer",
    "PortalActor",
    "PortalOptions",
    "Redactor",
    "ServerOptions",
    "SessionActor",
    "SteamAccess",
    "ToolTable",
    "UsePortal",
    "Wanted",
    "choose",
    "choose_table",
    "load_catalogue",
    "load_tables",
    "pick",
]

from .actor import (
    PORTAL_MARGIN_S,
    Capture,
    CheckPortal,
    Choice,
    Execute,
    ListPortals,
    PortalActor,
    PortalOptions,
    UsePortal,
)
from .caller import Caller
from .catalog.bindings import Bindings, resolve
from .catalog.catalog import check_world, choose, load_catalog
from .catalog.prompts import Prompts, load_prompts
from .desktop.capture_store import CaptureStore
from .mcp.server_options import CAPTURES, PYTHON, Redactor, ServerOptions, pick
from .mcp.session_actor import UNNEEDED, Offer, SessionActor, Wanted
from .steam.answers import KEY_VARIABLE
from .steam.cache import SteamAccess
from .tools.spec_tools import DESKTOP, STEAM
from .tools.tool_tables import ToolTable, choose_table, load_tables

__all__ = [
    "CAPTURES",
    "DESKTOP",
    "KEY_VARIABLE",
    "PORTAL_MARGIN_S",
    "PYTHON",
    "STEAM",
    "UNNEEDED",
    "Bindings",
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
    "Prompts",
    "Redactor",
    "ServerOptions",
    "SessionActor",
    "SteamAccess",
    "ToolTable",
    "UsePortal",
    "Wanted",
    "check_world",
    "choose",
    "choose_table",
    "load_catalog",
    "load_prompts",
    "load_tables",
    "pick",
    "resolve",
]

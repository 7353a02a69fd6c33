from .journal_holder import journal_file
from .runtime import Runtime
from .settings import (
    DesktopSettings,
    HttpSettings,
    JournalSettings,
    LinkSettings,
    Settings,
    SteamSettings,
    WorldSettings,
    config_path,
    load_settings,
)
from .shared_state import SharedState

__all__ = [
    "DesktopSettings",
    "HttpSettings",
    "JournalSettings",
    "LinkSettings",
    "Runtime",
    "Settings",
    "SharedState",
    "SteamSettings",
    "WorldSettings",
    "config_path",
    "journal_file",
    "load_settings",
]

from .crash_report import dump_flight, write_crash_report
from .episodes import ReplayedGame, episode_limits, episodes_folder
from .game_data import game_data_options
from .heartbeat_part import HeartbeatPart
from .journal_holder import journal_file
from .player_client_settings import PlayerClientSettings
from .player_clients import account_name, read_login
from .portal_supervisor import check_portal
from .remote_access import check_remote
from .runtime import Runtime
from .service_reports import ServiceReports
from .serving_supervisor import PACKAGES
from .settings import (
    DesktopSettings,
    GameDataSettings,
    HeartbeatSettings,
    HttpSettings,
    JournalSettings,
    LinkSettings,
    PythonSettings,
    RecordingSettings,
    RemoteSettings,
    ServerSettings,
    Settings,
    SteamSettings,
    WorldSettings,
    config_path,
    load_settings,
)
from .shared_state import SharedState

__all__ = [
    "PACKAGES",
    "DesktopSettings",
    "GameDataSettings",
    "HeartbeatPart",
    "HeartbeatSettings",
    "HttpSettings",
    "JournalSettings",
    "LinkSettings",
    "PlayerClientSettings",
    "PythonSettings",
    "RecordingSettings",
    "RemoteSettings",
    "ReplayedGame",
    "Runtime",
    "ServerSettings",
    "ServiceReports",
    "Settings",
    "SharedState",
    "SteamSettings",
    "WorldSettings",
    "account_name",
    "check_portal",
    "check_remote",
    "config_path",
    "dump_flight",
    "episode_limits",
    "episodes_folder",
    "game_data_options",
    "journal_file",
    "load_settings",
    "read_login",
    "write_crash_report",
]

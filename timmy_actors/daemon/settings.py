"""The settings in `timmy.toml`, each with a default that works."""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo

from timmy_actors.daemon.file_path import FilePath
from timmy_actors.daemon.player_client_settings import PlayerClientSettings
from timmy_actors.daemon.settings_mistakes import describe_toml_error, explain
from timmy_actors.errors import ConfigError
from timmy_actors.gamedata import MAX_FILES
from timmy_actors.portals import CAPTURES, PYTHON
from timmy_actors.protocol import ClientName, Name, Perceives, PortalId, StrictModel
from timmy_actors.system import MAX_PORT, config_folder, read_text

CONFIG_VARIABLE = "TIMMY_CONFIG"
CONFIG_REMEDY = f"name another with --config or {CONFIG_VARIABLE}"
PORTALS_FILE = "portals.json"
PLACEHOLDERS = (PYTHON, CAPTURES)
DEFAULT_COMMANDS = (
    "walk", "run", "stop_moving", "turn", "jump", "look", "activate", "open", "take", "talk", "choose_topic", "barter",
    "attack", "cast", "block", "equip", "chat", "whisper",
)  # fmt: skip
"""What a player does; nothing that changes the world as only a server can."""
_LISTEN_ADDRESS = re.compile(r"tcp://(?:\[[0-9A-Fa-f:.]+\]|\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})", re.ASCII)
_TCP_ADDRESS = re.compile(r"tcp://[A-Za-z0-9][\w.-]*:(\d{1,5})", re.ASCII)


def _tcp_address(text: str) -> str:
    if text.startswith("tcp://["):
        raise ValueError("must be tcp://HOST:PORT with a name or an IPv4 address: the bridge does not listen on IPv6")
    match = _TCP_ADDRESS.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= MAX_PORT:  # libzmq would wrap port 99999 to 34463
        raise ValueError(f"must be tcp://HOST:PORT, the port from 1 to {MAX_PORT}")
    return text


class WorldSettings(StrictModel):
    """`[world]`: the embedded world, used without a game server."""

    embedded: bool = True
    port: Annotated[int, Field(ge=0, le=MAX_PORT)] = 0
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    plugin: FilePath | Literal[""] = ""
    allow_raw: bool = False


class LinkSettings(StrictModel):
    """`[link]`: the connection to the game server's bridge."""

    address: Annotated[str, AfterValidator(_tcp_address)] = "tcp://127.0.0.1:7979"
    mechanism: Literal["plain", "null"] = "plain"
    token_file: FilePath = "~/.config/timmy-actors/token"  # noqa: S105  a path
    client: ClientName = "timmy-daemon"
    heartbeat_interval_s: Annotated[float, Field(ge=0.05, le=60)] = 1.0


class PerceptionSettings(StrictModel):
    """`[perception]`: what the game server pushes."""

    rate_hz: Annotated[float, Field(gt=0, le=20)] = 5.0
    radius: Annotated[float, Field(gt=0, le=32768)] = 4096.0


def _frozen(array: object) -> object:
    return tuple(array) if isinstance(array, list) else array  # TOML's arrays are lists


Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_frozen)]


_PLACEHOLDER = re.compile(r"(?<!\$)\{\w+\}")


def _command_of_the_file(command: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    if info.context is None:
        return command  # settings built in Python may leave a server out
    if not command:
        raise ValueError("names no program: leave the key out for the default")
    for placeholder in (match for part in command for match in _PLACEHOLDER.findall(part)):
        if placeholder not in PLACEHOLDERS:
            raise ValueError(f"no such placeholder as {placeholder}; there are: {', '.join(PLACEHOLDERS)}")
    return command


Command = Annotated[Words, AfterValidator(_command_of_the_file)]


class ServerSettings(StrictModel):
    """The common settings of `[desktop]` and `[steam]`: how to reach an MCP server, and its table of tool names."""

    command: Command = ()
    url: Name | None = None
    token_file: FilePath | None = None
    tools: Name
    environment: dict[str, str] = Field(default_factory=dict)
    pass_environment: Words = ()
    protocol: Literal["auto", "legacy"] = "auto"
    start_timeout_s: Annotated[float, Field(gt=0, le=600)] = 20.0
    probe_interval_s: Annotated[float, Field(ge=0.1, le=3600)] = 15.0


class DesktopSettings(ServerSettings):
    """`[desktop]`: the MCP server for the protocol's `desktop-control`: screen, mouse and keyboard."""

    command: Command = ("{python}", "-m", "timmy_actors.desktop_control", "--captures", "{captures}")
    tools: Name = "desktop-control"
    pass_environment: Words = ("DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE")
    captures_folder: FilePath = "~/.local/state/timmy-actors/captures"
    captures_format: Literal["jpg", "png"] = "jpg"
    captures_kept: Annotated[int, Field(ge=1, le=1_000_000)] = 200


class SteamSettings(ServerSettings):
    """`[steam]`: the MCP server for the protocol's `steam-info`: Steam's data on the game and its player."""

    command: Command = ("{python}", "-m", "steam_mcp.server")
    tools: Name = "steam-mcp"
    pass_environment: Words = ("HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    user_id: Name | None = None
    api_key_file: FilePath | None = None


_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?", re.ASCII)
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", re.ASCII)


def _listening_address(text: str, info: ValidationInfo) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise ValueError("must be an IP address: 127.0.0.1, or ::1") from None
    if not address.is_loopback and not info.data.get("allow_remote"):
        raise ValueError("others could connect, and read the token: it needs http.allow_remote = true")
    return text


def _origin(text: str) -> str:
    if _ORIGIN.fullmatch(text) is None:
        raise ValueError('must be the origin of a site: "https://example.org"')
    return text


def _host_name(text: str) -> str:
    if _HOST_NAME.fullmatch(text) is None:
        raise ValueError('must be a name without a port: "timmy.example.org"')
    return text


Origins = Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], BeforeValidator(_frozen), Field(max_length=64)]
HostNames = Annotated[
    tuple[Annotated[str, AfterValidator(_host_name)], ...], BeforeValidator(_frozen), Field(max_length=64)
]


class HttpSettings(StrictModel):
    """`[http]`: the HTTP server: REST, events, metrics, and the dashboard."""

    enabled: bool = False
    allow_remote: bool = False
    host: Annotated[str, AfterValidator(_listening_address)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=MAX_PORT)] = 7980
    token_file: FilePath | Literal[""] = ""
    allowed_hosts: HostNames = ()
    allowed_origins: Origins = ()
    metrics_public: bool = False
    fleet_file: FilePath | Literal[""] = ""


class JournalSettings(StrictModel):
    """`[journal]`: the command journal, so that no command is lost or executed twice when the daemon crashes."""

    enabled: bool = True
    file: FilePath | Literal[""] = ""
    synchronous: Literal["normal", "full"] = "normal"
    when_unwritable: Literal["refuse", "continue"] = "refuse"
    keep_days: Annotated[float, Field(gt=0, le=3650)] = 30.0
    max_mb: Annotated[float, Field(ge=1, le=10_000)] = 64.0


class RecordingSettings(StrictModel):
    """`[recording]`: where episodes are recorded, and how much room they take."""

    folder: FilePath | Literal[""] = ""
    max_mb: Annotated[float, Field(ge=1, le=1_000_000)] = 2048.0
    keep: Annotated[int, Field(ge=1, le=100_000)] = 1_000
    flight_minutes: Annotated[float, Field(ge=0, le=120)] = 5.0
    flight_mb: Annotated[float, Field(ge=0.1, le=1_000)] = 8.0


def _listen_address(text: str) -> str:
    match = _LISTEN_ADDRESS.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= MAX_PORT:
        raise ValueError(f"must be tcp://ADDRESS:PORT with a numeric address, the port from 1 to {MAX_PORT}")
    return text


class RemoteSettings(StrictModel):
    """`[remote]`: access from other machines over TCP, encrypted and authenticated with CURVE."""

    enabled: bool = False
    address: Annotated[str, AfterValidator(_listen_address)] = "tcp://0.0.0.0:7981"
    key_file: FilePath = "~/.config/timmy-actors/remote.key"
    clients_file: FilePath = "~/.config/timmy-actors/remote-clients"


class ScriptedSettings(StrictModel):
    """`[heartbeat.scripted]`: the policy that plays a script."""

    file: FilePath | Literal[""] = ""
    repeats: bool = False


class PythonSettings(StrictModel):
    """`[heartbeat.python]`: the policy that calls a function."""

    function: str = ""


class ReplaySettings(StrictModel):
    """`[heartbeat.replay]`: the policy that repeats the decisions of an episode."""

    episode: FilePath | Literal[""] = ""


class OpenAiSettings(StrictModel):
    """`[heartbeat.openai]`: the policy that asks a model at an endpoint of OpenAI's form."""

    base_url: Annotated[str, Field(pattern=r"^https?://", max_length=500)] = "http://127.0.0.1:11434/v1"
    model: str = ""
    api_key_file: FilePath | Literal[""] = ""
    images: bool = True
    context_chars: Annotated[int, Field(ge=2_000, le=10_000_000)] = 60_000
    max_output_tokens: Annotated[int, Field(ge=16, le=1_000_000)] = 2_000
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    tool_choice: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{0,64}$")] = ""
    price_input: Annotated[float, Field(ge=0)] = 0.0
    price_output: Annotated[float, Field(ge=0)] = 0.0


PolicyName = Literal["scripted", "openai", "python", "human", "replay"]
CommandNames = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=64)], ...], BeforeValidator(_frozen), Field(max_length=128)
]


class HeartbeatSettings(StrictModel):
    """`[heartbeat]`: perceive, decide, act and record at a steady rate."""

    enabled: bool = False
    begins: bool = True
    rate_hz: Annotated[float, Field(ge=0.01, le=20)] = 1.0
    perceives: Perceives = "bridge"
    policy: PolicyName = "openai"
    fallback: PolicyName | Literal[""] = ""
    goal: Annotated[str, Field(max_length=4_000)] = ""
    commands: CommandNames = DEFAULT_COMMANDS
    thinking: Literal["freeze", "go_on"] = "freeze"
    perceive_timeout_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    decide_timeout_s: Annotated[float, Field(gt=0, le=600)] = 60.0
    act_timeout_s: Annotated[float, Field(gt=0, le=60)] = 15.0
    repeats: Annotated[int, Field(ge=2, le=1_000)] = 3
    memory_chars: Annotated[int, Field(ge=0, le=1_000_000)] = 8_000
    max_tokens: Annotated[int, Field(ge=0)] = 0
    max_cost: Annotated[float, Field(ge=0)] = 0.0
    scripted: ScriptedSettings = Field(default_factory=ScriptedSettings)
    python: PythonSettings = Field(default_factory=PythonSettings)
    replay: ReplaySettings = Field(default_factory=ReplaySettings)
    openai: OpenAiSettings = Field(default_factory=OpenAiSettings)


class NamedWorldSettings(StrictModel):
    """`[worlds.NAME]`: the name of the world of this daemon's bridge, for portals whose destination it is."""

    player: Name | None = None


class GameDataSettings(StrictModel):
    """`[game_data]`: the game's own data files, which say what ids mean and where one can walk."""

    files: Annotated[tuple[FilePath, ...], BeforeValidator(_frozen), Field(max_length=MAX_FILES)] = ()
    code_page: Literal["cp1250", "cp1251", "cp1252"] = "cp1252"
    index: FilePath | Literal[""] = ""


class Settings(StrictModel):
    """All of `timmy.toml`."""

    player: Name = "Timmy"
    portal: PortalId = "morrowind"
    portals_file: FilePath | None = None
    tools_file: FilePath | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    world: WorldSettings = Field(default_factory=WorldSettings)
    link: LinkSettings = Field(default_factory=LinkSettings)
    perception: PerceptionSettings = Field(default_factory=PerceptionSettings)
    desktop: DesktopSettings = Field(default_factory=DesktopSettings)
    steam: SteamSettings = Field(default_factory=SteamSettings)
    journal: JournalSettings = Field(default_factory=JournalSettings)
    recording: RecordingSettings = Field(default_factory=RecordingSettings)
    game_data: GameDataSettings = Field(default_factory=GameDataSettings)
    remote: RemoteSettings = Field(default_factory=RemoteSettings)
    http: HttpSettings = Field(default_factory=HttpSettings)
    heartbeat: HeartbeatSettings = Field(default_factory=HeartbeatSettings)
    worlds: dict[Name, NamedWorldSettings] = Field(default_factory=lambda: {"vvardenfell": NamedWorldSettings()})
    player_client: PlayerClientSettings = Field(default_factory=PlayerClientSettings)


def config_path(path: Path | None = None) -> Path:
    """The absolute path of the configuration: `path`, else `TIMMY_CONFIG`, else the shipped file."""
    if path is not None:
        return path.absolute()
    variable = os.environ.get(CONFIG_VARIABLE)
    return Path(variable).absolute() if variable else config_folder() / "timmy.toml"


def portals_path(settings: Settings, folder: Path) -> Path:
    """The path of the portal catalog: the configured one, else one beside the configuration, else the shipped one."""
    if settings.portals_file is not None:
        return folder / settings.portals_file
    beside = folder / PORTALS_FILE
    return beside if beside.exists() else config_folder() / PORTALS_FILE


def load_settings(path: Path) -> Settings:
    """Load the settings from the file `path`; paths in it are made absolute.

    Raises:
        ConfigError: the file is missing or invalid; the message names the line or key, and the remedy.
    """
    text = read_text(path, "the configuration", CONFIG_REMEDY)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}{describe_toml_error(text, str(error))}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: cannot be read as TOML: {error}") from error
    try:
        # Strict, as TOML has types of its own: "7979" is not a port.
        return Settings.model_validate(document, strict=True, context=path.parent.absolute())
    except ValidationError as error:
        raise ConfigError(explain(path, text, error, Settings)) from error

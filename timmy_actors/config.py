"""The settings: what an operator writes in `timmy.toml`, each with a default that works."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from timmy_actors.errors import ConfigError
from timmy_actors.model._base import Name, StrictModel, in_words
from timmy_actors.model.message import ClientName
from timmy_actors.model.portal import PortalId
from timmy_actors.paths import config_folder
from timmy_actors.text_files import read_text

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

VARIABLE = "TIMMY_CONFIG"
PLACE_REMEDY = f"name another with --config or {VARIABLE}"
MAX_PORT = 65535


_TCP_ADDRESS = re.compile(r"tcp://[A-Za-z0-9][\w.-]*:(\d{1,5})", re.ASCII)


def _tcp_address(text: str) -> str:
    if text.startswith("tcp://["):
        raise ValueError("must be tcp://HOST:PORT with a name or an IPv4 address: the bridge does not listen on IPv6")
    match = _TCP_ADDRESS.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= MAX_PORT:  # libzmq would take port 99999 for 34463
        raise ValueError(f"must be tcp://HOST:PORT, the port from 1 to {MAX_PORT}")
    return text


class WorldSettings(StrictModel):
    """`[world]`: the embedded world, for when there is no game server."""

    embedded: bool = True
    port: Annotated[int, Field(ge=0, le=MAX_PORT)] = 0
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    allow_raw: bool = False


class LinkSettings(StrictModel):
    """`[link]`: the way to the game server's bridge."""

    address: Annotated[str, AfterValidator(_tcp_address)] = "tcp://127.0.0.1:7979"
    mechanism: Literal["plain", "null"] = "plain"
    token_file: Name = "~/.config/timmy-actors/token"  # noqa: S105  a path
    client: ClientName = "timmy-daemon"
    heartbeat_interval_s: Annotated[float, Field(ge=0.05, le=60)] = 1.0


class PerceptionSettings(StrictModel):
    """`[perception]`: what the game is asked to push."""

    rate_hz: Annotated[float, Field(gt=0, le=20)] = 5.0
    radius: Annotated[float, Field(gt=0, le=32768)] = 4096.0


def _frozen(array: object) -> object:
    return tuple(array) if isinstance(array, list) else array  # TOML's arrays are lists


Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_frozen)]


class ServerSettings(StrictModel):
    """What `[desktop]` and `[steam]` have in common: how to reach an MCP server, and which names its tools have."""

    command: Words = ()
    url: Name | None = None
    token_file: Name | None = None
    tools: Name
    environment: dict[str, str] = Field(default_factory=dict)
    pass_environment: Words = ()
    protocol: Literal["auto", "legacy"] = "auto"
    start_timeout_s: Annotated[float, Field(gt=0, le=600)] = 20.0
    probe_interval_s: Annotated[float, Field(ge=0.1, le=3600)] = 15.0


class DesktopSettings(ServerSettings):
    """`[desktop]`: the protocol's `desktop-control`: screen, mouse and keyboard."""

    command: Words = ("{python}", "-m", "timmy_actors.portals.desktop_control", "--captures", "{captures}")
    tools: Name = "desktop-control"
    pass_environment: Words = ("DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE")
    captures_folder: Name = "~/.local/state/timmy-actors/captures"
    captures_format: Literal["jpg", "png"] = "jpg"
    captures_kept: Annotated[int, Field(ge=1, le=1_000_000)] = 200


class SteamSettings(ServerSettings):
    """`[steam]`: the protocol's `steam-info`: what Steam knows of the game and its player."""

    command: Words = ("{python}", "-m", "steam_mcp.server")
    tools: Name = "steam-mcp"
    pass_environment: Words = ("HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    user_id: Name | None = None
    api_key_file: Name | None = None


class JournalSettings(StrictModel):
    """`[journal]`: what is kept of commands, so that none is lost or done twice when the daemon dies."""

    enabled: bool = True
    file: str = ""
    synchronous: Literal["normal", "full"] = "normal"
    on_trouble: Literal["refuse", "continue"] = "refuse"
    keep_days: Annotated[float, Field(gt=0, le=3650)] = 30.0
    max_mb: Annotated[float, Field(ge=1, le=10_000)] = 64.0


class Settings(StrictModel):
    """All of `timmy.toml`."""

    player: Name = "Timmy"
    portal: PortalId = "morrowind"
    portals_file: Name = "portals.json"
    tools_file: Name | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    world: WorldSettings = Field(default_factory=WorldSettings)
    link: LinkSettings = Field(default_factory=LinkSettings)
    perception: PerceptionSettings = Field(default_factory=PerceptionSettings)
    desktop: DesktopSettings = Field(default_factory=DesktopSettings)
    steam: SteamSettings = Field(default_factory=SteamSettings)
    journal: JournalSettings = Field(default_factory=JournalSettings)


_TABLE = re.compile(r"\s*\[([^\[\]]+)\]")
_ASSIGNMENT = re.compile(r"\s*([\w.\"' -]+?)\s*=")


def config_path(given: Path | None = None) -> Path:
    """The file in force: the one given, else `TIMMY_CONFIG`, else the one that ships."""
    if given is not None:
        return given
    named = os.environ.get(VARIABLE)
    return Path(named) if named else config_folder() / "timmy.toml"


def load_settings(path: Path) -> Settings:
    """The settings in `path`.

    Raises:
        ConfigError: the file is missing or wrong; the message names the line or key, and the remedy.
    """
    text = read_text(path, "the configuration", PLACE_REMEDY)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}: mend the TOML there") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: cannot be read as TOML: {error}") from error
    try:
        # TOML has types of its own: "7979" is no port.
        return Settings.model_validate(document, strict=True)
    except ValidationError as error:
        raise ConfigError(_explain(path, text, error)) from error


def _explain(path: Path, text: str, error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    keys = [str(part) for part in first["loc"]]
    line = _line_of(text, keys)
    where = f"{path}, line {line}" if line else str(path)
    return f"{where}: {'.'.join(keys)}: {_remedy(first, keys)}"


def _remedy(error: ErrorDetails, keys: list[str]) -> str:
    match error["type"]:
        case "extra_forbidden":
            return f"no such key; there are: {', '.join(_known_keys(keys[:-1]))}"
        case "model_type":
            return f"must be a table: [{'.'.join(keys)}], its keys below it"
    return in_words(error)


def _known_keys(section: list[str]) -> list[str]:
    model: Any = Settings
    for key in section:
        model = model.model_fields[key].annotation
    return sorted(model.model_fields)


def _line_of(text: str, keys: list[str]) -> int | None:
    """The line of the key, or of the innermost table around it that has one of its own."""
    lines = list(_keys_by_line(text))
    for depth in range(len(keys), 0, -1):
        for number, found in lines:
            if found == keys[:depth]:
                return number
    return None


def _keys_by_line(text: str) -> Iterator[tuple[int, list[str]]]:
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = _parts(header[1])
            yield number, table
        elif assignment := _ASSIGNMENT.match(line):
            yield number, [*table, *_parts(assignment[1])]


def _parts(dotted: str) -> list[str]:
    return [part.strip(" \t\"'") for part in dotted.split(".")]

"""The settings: what an operator writes in `timmy.toml`, each with a default that works."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from timmy_actors.errors import ConfigError
from timmy_actors.model._base import Name, StrictModel
from timmy_actors.model.message import ClientName
from timmy_actors.model.portal import PortalId
from timmy_actors.paths import config_folder

VARIABLE = "TIMMY_CONFIG"
MAX_FILE_BYTES = 1024 * 1024


class WorldSettings(StrictModel):
    """`[world]`: the embedded world, for when there is no game server."""

    embedded: bool = True
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    allow_raw: bool = False


class LinkSettings(StrictModel):
    """`[link]`: the way to the game server's bridge."""

    address: Annotated[str, Field(pattern=r"^tcp://[^\s:/]+:\d{1,5}$")] = "tcp://127.0.0.1:7979"
    mechanism: Literal["plain", "null"] = "plain"
    token_file: str = "~/.config/timmy-actors/token"  # noqa: S105  a path
    client: ClientName = "timmy-daemon"
    heartbeat_interval_s: Annotated[float, Field(ge=0.05, le=60)] = 1.0


class PerceptionSettings(StrictModel):
    """`[perception]`: what the game is asked to push."""

    rate_hz: Annotated[float, Field(gt=0, le=20)] = 5.0
    radius: Annotated[float, Field(gt=0, le=32768)] = 4096.0


class Settings(StrictModel):
    """All of `timmy.toml`."""

    player: Name = "Timmy"
    portal: PortalId = "morrowind"
    portals_file: str = "portals.json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    world: WorldSettings = Field(default_factory=WorldSettings)
    link: LinkSettings = Field(default_factory=LinkSettings)
    perception: PerceptionSettings = Field(default_factory=PerceptionSettings)


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
    text = _read(path)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}: mend the TOML there") from error
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        raise ConfigError(_explain(path, text, error)) from error


def _read(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the configuration: {error.strerror}") from error
    if len(raw) > MAX_FILE_BYTES:
        raise ConfigError(f"{path}: larger than {MAX_FILE_BYTES} bytes: is this the configuration?")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8: {error.reason}") from error


def _explain(path: Path, text: str, error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    keys = [str(part) for part in first["loc"]]
    line = _line_of(text, keys[-1]) if keys else None
    where = f"{path}, line {line}" if line else str(path)
    return f"{where}: {'.'.join(keys)}: {_remedy(first['type'], first['msg'], keys)}"


def _remedy(kind: str, message: str, keys: list[str]) -> str:
    if kind != "extra_forbidden":
        return message
    known = _known_keys(keys[:-1])
    return f"no such key; there are: {', '.join(known)}"


def _known_keys(section: list[str]) -> list[str]:
    model: Any = Settings
    for key in section:
        model = model.model_fields[key].annotation
    return sorted(model.model_fields)


def _line_of(text: str, key: str) -> int | None:
    pattern = re.compile(rf"^\s*\[?\s*\"?{re.escape(key)}\"?\s*[=\]]")
    for number, line in enumerate(text.splitlines(), start=1):
        if pattern.match(line):
            return number
    return None

"""Builds the portals' part of the tree from the settings: the portal, and one session per MCP server."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from timmy_actors.daemon.settings import ServerSettings, Settings, portals_path
from timmy_actors.daemon.shared_state import SharedState
from timmy_actors.errors import ConfigError, ServerGoneError
from timmy_actors.portals import (
    CAPTURES,
    DESKTOP,
    KEY_VARIABLE,
    STEAM,
    UNNEEDED,
    CaptureStore,
    Choice,
    Offer,
    PortalActor,
    PortalOptions,
    Redactor,
    ServerOptions,
    SessionActor,
    SteamAccess,
    ToolTable,
    Wanted,
    choose,
    choose_table,
    load_catalog,
    load_tables,
    pick,
)
from timmy_actors.protocol import ServerStatus
from timmy_actors.supervision import Backoff, ChildSpec, Directory, SharedValue, Supervisor
from timmy_actors.system import config_folder, read_token

AT_ONCE = Backoff(base_s=0.0, cap_s=0.0)
"""No delay: a session's actor itself decides when to start its server, from how the last one ended."""
STOP_WITHIN_S = 15.0
LARGEST_KEY_BYTES = 1_000
SECRET_NAMES = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD)$", re.IGNORECASE)
"""Variables whose values are redacted from a server's output."""


class PortalSupervisor:
    """Holds the portals' state that survives their actors, and builds the actors' child specs.

    Raises:
        ConfigError: a file named in the settings cannot be used.
    """

    def __init__(self, settings: Settings, *, folder: Path) -> None:
        self._settings = settings
        self._catalog = portals_path(settings, folder)
        self._captures = expand(settings.desktop.captures_folder, "desktop.captures_folder", folder)
        self._tables = _tables(settings, folder)
        names = (settings.desktop.token_file, settings.steam.token_file, settings.steam.api_key_file)
        self._secret_files = tuple(expand(name, "token_file", folder) for name in names if name is not None)
        key = _steam_key(settings, folder)
        self._access = SteamAccess(settings.steam.user_id, has_key=key is not None)
        steam = {KEY_VARIABLE: key} if key else {}
        self._options = {
            DESKTOP: self._server(DESKTOP, settings.desktop, folder, {}),
            STEAM: self._server(STEAM, settings.steam, folder, steam),
        }
        self._offers = {name: SharedValue(Offer(ServerStatus(name=name, reason=UNNEEDED))) for name in self._options}
        self._wanted = {name: Wanted() for name in self._options}
        self.choice = Choice(settings.portal)
        """The portal in use."""

    @property
    def secret_files(self) -> list[Path]:
        """The files with secrets that are named in the settings."""
        return list(self._secret_files)

    def spec(self, directory: Directory, shared: SharedState) -> ChildSpec:
        """The child spec of the portals' supervisor."""
        portal = ChildSpec("portal", lambda: self._portal(directory, shared))
        children = [portal, *(self._session(name) for name in self._options)]
        return ChildSpec("portals", lambda: Supervisor(children, directory), shutdown_s=2 * STOP_WITHIN_S)

    def adopt(self, other: PortalSupervisor) -> None:
        """Take another configuration; actors that start from now on use it."""
        self._catalog, self._captures, self._tables = other._catalog, other._captures, other._tables
        self._settings, self._access, self._options = other._settings, other._access, other._options
        self._secret_files = other._secret_files

    def _portal(self, directory: Directory, shared: SharedState) -> PortalActor:
        options = PortalOptions(
            catalog=self._catalog,
            tables=self._tables,
            offers=self._offers,
            capture_store=self._capture_store(),
            access=self._access,
        )
        return PortalActor(
            options, choice=self.choice, directory=directory, entry=shared.portal, status=shared.portal_status
        )

    def _session(self, name: str) -> ChildSpec:
        wanted, offer = self._wanted[name], self._offers[name]
        return ChildSpec(
            name,
            lambda: SessionActor(self._options[name], wanted=wanted, offer=offer),
            expected=(ServerGoneError,),
            backoff=AT_ONCE,
            shutdown_s=STOP_WITHIN_S,
        )

    def _capture_store(self) -> CaptureStore:
        desktop = self._settings.desktop
        return CaptureStore(self._captures, extension=desktop.captures_format, keep=desktop.captures_kept)

    def _server(self, name: str, settings: ServerSettings, folder: Path, extra: Mapping[str, str]) -> ServerOptions:
        command = [word.replace(CAPTURES, str(self._captures)) for word in settings.command]
        if command and "/" in command[0]:  # a name without a slash is searched on the PATH
            command[0] = str(expand(command[0], f"{name}: command", folder))
        environment = {**pick(settings.pass_environment), **settings.environment, **extra}
        headers = _headers(settings, folder)
        return ServerOptions(
            name=name,
            command=() if settings.url else tuple(command),
            url=settings.url,
            headers=headers,
            environment=environment,
            protocol=settings.protocol,
            start_timeout_s=settings.start_timeout_s,
            probe_interval_s=settings.probe_interval_s,
            redactor=Redactor(_secrets(environment, headers)),
        )


def check_portal(settings: Settings, folder: Path) -> tuple[str, ...]:
    """Check that the configured portal is in the catalog; the ids of all portals.

    Raises:
        ConfigError: it is not, or the catalog cannot be used.
    """
    catalog = portals_path(settings, folder)
    portals = load_catalog(catalog)
    choose(portals, settings.portal, catalog)
    return tuple(portal.id for portal in portals)


def expand(path: str, key: str, folder: Path) -> Path:
    """Resolve a path in the configuration; a relative one starts at the configuration's folder.

    Raises:
        ConfigError: the path starts at the home of an unknown user.
    """
    try:
        return folder / Path(path).expanduser()
    except RuntimeError as error:
        raise ConfigError(f"{key}: {path}: the user's home folder is unknown: give the whole path") from error


def _tables(settings: Settings, folder: Path) -> dict[str, ToolTable]:
    """The tool tables of the two servers; the operator's own override the shipped ones."""
    path = config_folder() / "portal_tools.json"
    tables = dict(load_tables(path))
    if settings.tools_file is not None:
        path = expand(settings.tools_file, "tools_file", folder)
        tables |= load_tables(path)
    return {
        DESKTOP: choose_table(tables, settings.desktop.tools, path),
        STEAM: choose_table(tables, settings.steam.tools, path),
    }


def _headers(settings: ServerSettings, folder: Path) -> dict[str, str]:
    if settings.url is None or settings.token_file is None:
        return {}
    return {"Authorization": f"Bearer {read_token(expand(settings.token_file, 'token_file', folder))}"}


def _secrets(environment: Mapping[str, str], headers: Mapping[str, str]) -> list[str]:
    """The secrets passed to a server, to be redacted from its output."""
    variables = [value for name, value in environment.items() if SECRET_NAMES.search(name)]
    return [*variables, *(value.removeprefix("Bearer ") for value in headers.values())]


def _steam_key(settings: Settings, folder: Path) -> str | None:
    """The Steam API key from the configured file, else from the environment."""
    if settings.steam.api_key_file is None:
        return (settings.steam.environment.get(KEY_VARIABLE) or os.environ.get(KEY_VARIABLE) or "").strip() or None
    path = expand(settings.steam.api_key_file, "steam.api_key_file", folder)
    try:
        with path.open(encoding="ascii") as file:
            return file.read(LARGEST_KEY_BYTES).strip() or None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "a key is plain ASCII text"
        raise ConfigError(f"steam.api_key_file: {path}: {reason}: put the key there, readable by you only") from error

"""Builds the part of the tree that serves clients: the gateways, and the HTTP server if it is enabled."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timmy_actors.client import endpoint_path
from timmy_actors.daemon.episodes import episodes_folder
from timmy_actors.daemon.portal_supervisor import expand
from timmy_actors.daemon.remote_access import check_remote, remote_specs
from timmy_actors.daemon.settings import Settings
from timmy_actors.daemon.shared_state import SharedState
from timmy_actors.errors import ConfigError, HttpUnavailableError
from timmy_actors.serving import GatewayActor, HttpActor, HttpOptions, LocalListener, Service
from timmy_actors.supervision import Backoff, ChildSpec, Directory, Supervisor
from timmy_actors.system import expand_user, make_token_file, read_token

if TYPE_CHECKING:
    import zmq

TOKEN_SUFFIX = ".http-token"  # noqa: S105  of a file's name
HTTP_BACKOFF = Backoff(base_s=0.5, cap_s=10.0, stable_after_s=10.0)
STOP_WITHIN_S = 15.0
PACKAGES = ("fastapi", "uvicorn", "prometheus_client", "websockets")
"""What the extra `http` installs."""


class ServingSupervisor:
    """Builds the child specs of the actors through which others reach the daemon.

    Raises:
        ConfigError: a path in `[http]` cannot be resolved.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        folder: Path,
        endpoint: str,
        journal: Path,
        service: Service,
    ) -> None:
        self._settings = settings
        self._endpoint = endpoint
        self._service = service
        self._http = _options(settings, folder, endpoint, journal)

    def check(self) -> None:
        """Check what is enabled: that the HTTP server can be imported, and the keys for other machines.

        Raises:
            ConfigError: its packages are not installed, or the keys cannot be used.
        """
        check_remote(self._settings.remote)
        missing = [name for name in PACKAGES if find_spec(name) is None]
        if self._settings.http.enabled and missing:
            raise ConfigError(f"http.enabled: {missing[0]} is not installed: pip install 'timmy_actors[http]'")

    def token_files(self) -> list[Path]:
        """The files with secrets that its actors read."""
        return [self._http.token_file, expand_user(self._settings.remote.key_file, "remote.key_file")]

    def make_token(self) -> None:
        """Make the token's file, unless there is one: clients keep their token when the daemon is restarted.

        Raises:
            ConfigError: the file cannot be made, or others can read it.
        """
        if not self._settings.http.enabled:
            return
        if self._http.token_file.exists():
            read_token(self._http.token_file, "delete it to have a new one made")
        else:
            self._http.token_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            make_token_file(self._http.token_file)

    def spec(self, context: zmq.Context[Any], directory: Directory, shared: SharedState) -> ChildSpec:
        """The child spec of their supervisor. Each restarts alone."""
        gateway = ChildSpec(
            "gateway",
            lambda: GatewayActor(listener=LocalListener(self._endpoint), context=context, service=self._service),
        )
        http = ChildSpec(
            "http",
            lambda: HttpActor(self._http, service=self._service, status=shared.http),
            expected=(HttpUnavailableError,),
            backoff=HTTP_BACKOFF,
        )
        remote = remote_specs(self._settings.remote, context, self._service)
        children = [gateway, *remote, *([http] if self._settings.http.enabled else [])]
        return ChildSpec("serving", lambda: Supervisor(children, directory), shutdown_s=STOP_WITHIN_S)


def _options(settings: Settings, folder: Path, endpoint: str, journal: Path) -> HttpOptions:
    http, socket = settings.http, endpoint_path(endpoint)
    return HttpOptions(
        host=http.host,
        port=http.port,
        token_file=expand(http.token_file, "http.token_file", folder)
        if http.token_file
        else socket.with_name(socket.name + TOKEN_SUFFIX),
        allowed_hosts=http.allowed_hosts,
        allowed_origins=http.allowed_origins,
        metrics_public=http.metrics_public,
        fleet=expand(http.fleet_file, "http.fleet_file", folder) if http.fleet_file else None,
        captures=expand(settings.desktop.captures_folder, "desktop.captures_folder", folder),
        journal=journal if settings.journal.enabled else None,
        episodes=episodes_folder(settings),
        client=settings.link.client,
    )

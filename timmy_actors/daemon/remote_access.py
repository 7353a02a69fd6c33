"""Access from other machines: checks its keys, and builds its gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from timmy_actors.daemon.settings import RemoteSettings
from timmy_actors.errors import AddressUnusableError, ConfigError
from timmy_actors.serving import GatewayActor, RemoteListener, Service
from timmy_actors.supervision import Backoff, ChildSpec
from timmy_actors.system import expand_user, read_clients, read_keys, require_curve

if TYPE_CHECKING:
    import zmq

BACKOFF = Backoff(base_s=0.5, cap_s=10.0, stable_after_s=10.0)


def check_remote(settings: RemoteSettings) -> Mapping[str, str]:
    """Check the keys, if remote access is enabled; the names of the authorized clients by their keys.

    Raises:
        ConfigError: libzmq has no CURVE, or a file with keys cannot be used.
    """
    if not settings.enabled:
        return {}
    require_curve()
    _listener(settings)
    return read_clients(expand_user(settings.clients_file, "remote.clients_file"))


def remote_specs(settings: RemoteSettings, context: zmq.Context[Any], service: Service) -> list[ChildSpec]:
    """The child spec of the gateway for other machines; none if remote access is off."""
    if not settings.enabled:
        return []
    return [
        ChildSpec(
            "remote",
            lambda: GatewayActor(listener=_listener(settings), context=context, service=service),
            expected=(AddressUnusableError, ConfigError),
            backoff=BACKOFF,
        )
    ]


def _listener(settings: RemoteSettings) -> RemoteListener:
    keys = read_keys(expand_user(settings.key_file, "remote.key_file"))
    clients = expand_user(settings.clients_file, "remote.clients_file")
    return RemoteListener(settings.address, keys, lambda: read_clients(clients))

"""Checks of what a daemon serves over the network: HTTP, and clients on other machines."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from importlib.util import find_spec

from timmy_actors.cli.doctor.check import Check, Subject, fail, ok, warn
from timmy_actors.daemon import PACKAGES, check_remote
from timmy_actors.errors import ConfigError
from timmy_actors.protocol import HttpStatus


def http(subject: Subject) -> Iterator[Check]:
    """Whether the HTTP server runs, or can."""
    settings, health = subject.settings.http, subject.health
    if not settings.enabled:
        return
    if health is not None and health.http is not None:
        yield _reported(health.http)
    elif missing := [name for name in PACKAGES if find_spec(name) is None]:
        yield fail("HTTP", f"{missing[0]} is not installed", "pip install 'timmy_actors[http]'")
    else:
        yield _address("HTTP", settings.host, settings.port, "http.port")


def _reported(status: HttpStatus) -> Check:
    if status.state == "up":
        return ok("HTTP", f"{status.url}, its token is in {status.token_file}")
    return fail("HTTP", f"{status.url} is {status.state}: {status.reason or 'the reason is unknown'}")


def remote(subject: Subject) -> Iterator[Check]:
    """Whether clients on other machines can connect, if they may."""
    settings = subject.settings.remote
    if not settings.enabled:
        return
    try:
        clients = check_remote(settings)
    except ConfigError as error:
        yield fail("remote", str(error))
        return
    detail = f"{settings.address}: authorized clients: {', '.join(sorted(clients.values())) or 'none'}"
    yield ok("remote", detail) if clients else warn("remote", detail, f"add their keys to {settings.clients_file}")
    if subject.health is None:
        host, _, port = settings.address.removeprefix("tcp://").rpartition(":")
        yield _address("remote", host.strip("[]"), int(port), "remote.address")


def _address(name: str, host: str, port: int, key: str) -> Check:
    """Whether this machine can listen there now."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return fail(name, f"{host}, port {port}: {error.strerror}", f"end what uses it, or choose another {key}")
    return ok(name, f"{host}, port {port or 'any'}: free")

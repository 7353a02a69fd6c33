"""Checks of the MCP servers: their programs or URLs, and what a running daemon reports of them."""

from __future__ import annotations

import importlib.util
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from timmy_actors.cli.doctor.check import Check, Subject, ok, warn
from timmy_actors.daemon import ServerSettings
from timmy_actors.portals import DESKTOP, PYTHON, STEAM
from timmy_actors.protocol import Health, ServerStatus
from timmy_actors.system import expand_user, from_folder

INSTALL = "pip install 'timmy_actors[portals]'"
CONNECT_WITHIN_S = 2.0


def servers(subject: Subject) -> Iterator[Check]:
    """Whether each MCP server can be started or reached; the daemon itself runs without them."""
    if importlib.util.find_spec("mcp") is None:
        yield warn("MCP servers", "the package mcp is not installed, so no portal can be used", INSTALL)
        return
    for name, settings in ((DESKTOP, subject.settings.desktop), (STEAM, subject.settings.steam)):
        status = _status(subject.health, name)
        if status is not None and status.state in ("ready", "down"):
            yield _reported(name, status)
        else:
            yield _url(name, settings.url) if settings.url else _program(name, settings, subject.folder)


def _status(health: Health | None, name: str) -> ServerStatus | None:
    portal = None if health is None else health.portal_status
    return None if portal is None else next((server for server in portal.servers if server.name == name), None)


def _reported(name: str, status: ServerStatus) -> Check:
    if status.state == "ready":
        return ok(name, f"{status.server}, {len(status.tools)} tools")
    return warn(name, f"down: {status.reason}", "timmy-actors portals check says more")


def _program(name: str, settings: ServerSettings, folder: Path) -> Check:
    program = settings.command[0]
    if program != PYTHON:
        # As the daemon: a name without a slash is searched on the PATH, a path from the configuration's folder.
        path = expand_user(from_folder(program, folder), f"{name}: command") if "/" in program else program
        if shutil.which(path) is None:
            return warn(name, f"{program}: no such program", "correct its command in the configuration")
        return ok(name, f"{program}: started on first use")
    module = settings.command[2] if settings.command[1:2] == ("-m",) else ""
    if module and not _is_importable(module):
        return warn(name, f"the module {module} is not installed", INSTALL)
    return ok(name, f"{module or 'Python'}: started on first use")


def _is_importable(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:  # a package around it is missing
        return False


def _url(name: str, url: str) -> Check:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), CONNECT_WITHIN_S):
            return ok(name, f"{url}: it accepts connections")
    except OSError as error:
        return warn(name, f"{url}: {error.strerror or error}", "start it, or correct its url in the configuration")

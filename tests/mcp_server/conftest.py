"""One daemon on the embedded world, with a desktop server that needs no screen, and one MCP server over HTTP."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.daemon import DaemonProcess
from tests.mcp_server.clients import LEGACY, MODERN, Connector, HttpServer, http_server
from tests.portals.desktops import DESKTOP
from tests.portals.sessions import SERVERS
from timmy_actors.system import config_folder

OPERATOR = ("--profile", "operator")
THREE = [{"action": "press_key", "params": {"key": key}} for key in "abc"]
"""The portal's action `three`."""


@dataclass(frozen=True)
class DesktopFiles:
    """The files through which a test speaks with the desktop server."""

    folder: Path

    def fault(self, kind: str) -> None:
        """Set the fault that the server produces from now on; empty: none."""
        (self.folder / "fault").write_text(kind)

    def pressed(self) -> list[str]:
        """The keys that it has pressed."""
        try:
            lines = (self.folder / "actions").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [key for line in lines if (key := json.loads(line)["params"].get("key"))]


@pytest.fixture(scope="module")
def desktop() -> Iterator[DesktopFiles]:
    """The folder of the desktop server."""
    with tempfile.TemporaryDirectory(prefix="ta-mcp-") as folder:
        yield DesktopFiles(Path(folder))


@pytest.fixture(scope="module")
def endpoint(desktop: DesktopFiles) -> Iterator[str]:
    """The endpoint of a daemon that perceives its player, with a portal that works."""
    folder = desktop.folder
    catalog: dict[str, Any] = json.loads((config_folder() / "portals.json").read_text())
    next(entry for entry in catalog["portals"] if entry["id"] == "morrowind")["actions"]["three"] = THREE
    (folder / "portals.json").write_text(json.dumps(catalog))
    config = folder / "timmy.toml"
    config.write_text(
        f'portals_file = "{folder / "portals.json"}"\n'
        f"[desktop]\ncommand = {json.dumps([sys.executable, DESKTOP, str(folder)])}\n"
        f'captures_folder = "{folder / "captures"}"\ncaptures_format = "png"\n'
        f'[steam]\ncommand = {json.dumps([sys.executable, str(SERVERS / "steam.py")])}\ntools = "desktop-control"\n'
    )
    with DaemonProcess(folder, "--config", str(config)) as daemon:
        with daemon.connect() as client:
            client.capture(timeout_s=60)  # starts the desktop server
        yield daemon.endpoint


@pytest.fixture(scope="module")
def http(endpoint: str) -> Iterator[HttpServer]:
    """A server over HTTP with every tool."""
    with (
        tempfile.TemporaryDirectory(prefix="ta-mcp-token-") as folder,
        http_server(endpoint, Path(folder) / "token", *OPERATOR) as server,
    ):
        yield server


@pytest.fixture(scope="module", params=["stdio-2026", "stdio-2025", "http-2026", "http-2025"])
def connector(request: pytest.FixtureRequest, endpoint: str) -> Connector:
    """Each transport in each era."""
    mode = MODERN if request.param.endswith("2026") else LEGACY
    if request.param.startswith("http"):
        return Connector(endpoint, mode, http=request.getfixturevalue("http"))
    return Connector(endpoint, mode, OPERATOR)


@pytest.fixture(scope="module")
def player(endpoint: str, http: HttpServer) -> Connector:
    """The modern era over HTTP: its server runs already."""
    return Connector(endpoint, MODERN, http=http)

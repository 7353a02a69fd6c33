"""Daemons with a dashboard, and scripts that look at its page."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.portals.desktops import DESKTOP as DESKTOP_SERVER
from tests.waiting import eventually
from timmy_actors import Runtime
from timmy_actors.daemon import (
    DesktopSettings,
    GameDataSettings,
    HeartbeatSettings,
    HttpSettings,
    JournalSettings,
    RecordingSettings,
    Settings,
    SteamSettings,
)
from timmy_actors.system import config_folder

COLOURS = """
return ["ground", "water"].map((name) => getComputedStyle(document.querySelector(`.terrain .${name}`)).fill);
"""
SHADES = """
const done = arguments[0];
const image = new Image();
image.onload = () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  done([...context.getImageData(0, 0, image.width, image.height).data.filter((_, index) => index % 4 === 3)]);
};
image.src = document.querySelector(".terrain image").href.baseVal;
"""
"""The opacities of the picture of the hills."""

SEEN = """
window.seen = [];
const element = document.querySelector(arguments[0]);
new MutationObserver(() => window.seen.push(element.textContent)).observe(element, { childList: true });
"""
"""Records every text of an element: the world may be back before a test looks."""


def a_free_port() -> int:
    """A port that is free now: the HTTP server must have the same one after a restart."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(folder: Path, *, game_data: tuple[str, ...] = ()) -> Iterator[Runtime]:
    """A daemon with HTTP, on the embedded world and a test's desktop server."""
    desktop = DesktopSettings(
        command=("{python}", DESKTOP_SERVER, str(folder)),
        captures_folder=str(folder / "captures"),
        captures_format="png",
    )
    settings = Settings(
        game_data=GameDataSettings(files=game_data, index=str(folder / "index")),
        recording=RecordingSettings(folder=str(folder / "episodes")),
        http=HttpSettings(
            enabled=True, port=a_free_port(), token_file=str(folder / "token"), fleet_file=str(folder / "fleet")
        ),
        desktop=desktop,
        steam=SteamSettings(command=()),
        journal=JournalSettings(file=str(folder / "journal")),
        heartbeat=HeartbeatSettings(enabled=True, begins=False, rate_hz=5, policy="human", commands=("chat", "turn")),
    )
    with Runtime(settings, folder=config_folder(), endpoint=f"ipc://{folder}/daemon.sock") as runtime:
        runtime.wait_ready(60)
        eventually(lambda: url_of(runtime))
        yield runtime


def url_of(runtime: Runtime) -> str:
    """The dashboard's address; "" until the HTTP server is up."""
    http = runtime.status().http
    return http.url if http is not None and http.state == "up" else ""


def signed_in(runtime: Runtime) -> str:
    """The dashboard's address with the token."""
    http = runtime.status().http
    assert http is not None
    return f"{http.url}#token={Path(http.token_file).read_text().strip()}"

"""A runtime with a test's own desktop server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.portals.sessions import SERVERS
from tests.waiting import eventually
from timmy_actors import Runtime
from timmy_actors.daemon import DesktopSettings, LinkSettings, Settings, SteamSettings, WorldSettings
from timmy_actors.protocol import GameState, ServerStatus
from timmy_actors.system import config_folder

DESKTOP = str(SERVERS / "desktop.py")


class Desktop:
    """A folder for a test's desktop server, and the runtime that uses it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.captures = folder / "captures"
        self.catalog = folder / "portals.json"
        self.catalog.write_text((config_folder() / "portals.json").read_text())
        self.runtime: Runtime

    def fault(self, kind: str) -> None:
        """Set the fault that the server produces from now on."""
        (self.folder / "fault").write_text(kind)

    def actions(self) -> list[dict[str, Any]]:
        """The actions that the server has executed."""
        try:
            lines = (self.folder / "actions").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines]

    def server(self, name: str = "desktop-control") -> ServerStatus:
        """The status of a server."""
        status = self.runtime.portals().status
        assert status is not None
        return next(server for server in status.servers if server.name == name)

    def start(self) -> None:
        """Start the servers, and wait for the desktop server, which may take longer than a capture waits."""
        self.runtime.capture(timeout_s=60)
        self.pid()

    def pid(self, name: str = "desktop-control") -> int:
        """The pid of a server, once it is ready."""
        eventually(lambda: self.server(name).state == "ready")
        pid = self.server(name).pid
        assert pid is not None
        return pid


@contextmanager
def desktop(
    folder: Path, *, portal: str = "morrowind", command: tuple[str, ...] = (), **settings: Any
) -> Iterator[Desktop]:
    """A runtime with a test's desktop server, without a game server and without Steam."""
    running = Desktop(folder)
    chosen = DesktopSettings(
        command=command or ("{python}", DESKTOP, str(folder)),
        captures_folder=str(running.captures),
        captures_format="png",
        probe_interval_s=settings.pop("probe_interval_s", 15.0),
        **settings.pop("desktop", {}),
    )
    steam = settings.pop("steam", SteamSettings(command=()))
    link = LinkSettings(address="tcp://127.0.0.1:9", mechanism="null")
    world = WorldSettings(embedded=False)
    asked = Settings(world=world, link=link, desktop=chosen, steam=steam, portal=portal, **settings)
    running.runtime = Runtime(asked, folder=folder)
    with running.runtime:
        yield running


def codes(state: GameState) -> dict[str, str]:
    """The problems of a capture, without those of Steam."""
    return {problem.what: problem.code for problem in state.problems if not problem.what.startswith("game_context")}

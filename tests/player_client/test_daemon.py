"""A daemon with a player client."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.stand_in.server import COMMIT, StandInServer
from tests.peer import Peer
from tests.runtimes import running
from tests.waiting import eventually
from timmy_actors import Runtime
from timmy_actors.daemon import PlayerClientSettings, Settings
from timmy_actors.errors import ConfigError
from timmy_actors.player_client import PlayerAct
from timmy_actors.system import config_folder


def password(folder: Path, mode: int = 0o600) -> str:
    """A file with an account's password."""
    path = folder / "password"
    path.write_text("a password\n")
    path.chmod(mode)
    return str(path)


def test_a_daemon_has_a_player_on_a_server(peer: Peer, tmp_path: Path) -> None:
    with StandInServer() as server:
        host, port = server.address
        settings = PlayerClientSettings(
            enabled=True, server=f"{host}:{port}", password_file=password(tmp_path), commit=COMMIT
        )
        with running(peer.address, player_client=settings) as timmy:
            eventually(lambda: (status := timmy.shared.player_client.value) and status.state == "in_world")
            eventually(lambda: timmy.status().player_client)
            timmy.directory.ask("player_client", PlayerAct("say", {"text": "hello"}), timeout_s=60).wait()
            eventually(lambda: (seen := timmy.shared.player_perception.value) and seen.chat and seen.chat.lines)
            with server.paused() as now:
                server.network.throw_out(next(iter(server.game.guests)), now)
            eventually(lambda: any("player client" in reason for reason in timmy.status().reasons))


def test_a_password_that_others_can_read_stops_the_start(tmp_path: Path) -> None:
    settings = Settings(player_client=PlayerClientSettings(enabled=True, password_file=password(tmp_path, 0o644)))
    with pytest.raises(ConfigError, match="others can read the password: chmod 600"):
        Runtime(settings, folder=config_folder()).check()

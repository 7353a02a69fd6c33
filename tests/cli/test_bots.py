"""The command that loads a server with players without a game."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.stand_in.server import COMMIT, StandInServer
from tests.cli.test_commands import Output, run
from tests.peer import Peer
from tests.waiting import PATIENCE_S, eventually
from timmy_actors.cli.bots import confirm
from timmy_actors.daemon import LinkSettings
from timmy_actors.errors import ConfigError

ADDRESS = "192.0.2.1"
ELSEWHERE = f"{ADDRESS}:25565"
"""An address for documentation (RFC 5737): no machine has it."""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration with an account."""
    password = tmp_path / "password"
    password.write_text("a password\n")
    password.chmod(0o600)
    path = tmp_path / "timmy.toml"
    path.write_text(f'[player_client]\npassword_file = "{password}"\ncommit = "{COMMIT}"\n')
    return path


def test_bots_play_until_ctrl_c_and_report(config: Path) -> None:
    with StandInServer() as server:
        host, port = server.address
        command = [sys.executable, "-m", "timmy_actors", "bots", "3", "--server", f"{host}:{port}", "--json"]
        command += ["--config", str(config), "--seconds", str(2 * PATIENCE_S)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            eventually(lambda: sum("PLAYER_ANIM_FLAGS" in each.last for each in list(server.game.guests.values())) == 3)
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=PATIENCE_S)
        report = json.loads(output)
        assert (process.returncode, report["entered"], report["endings"]) == (0, 3, {})
        assert {guest.name for guest in server.game.guests.values()} <= {"Bot 1", "Bot 2", "Bot 3"}


def test_a_server_that_lets_few_in_is_reported_with_its_setting(config: Path, capsys: Output) -> None:
    with StandInServer() as server:
        server.network.most = 0
        host, port = server.address
        assert run("bots", "2", "--server", f"{host}:{port}", "--config", str(config)) == 1
    printed = capsys.readouterr().out
    assert "players     0 of 2 came in" in printed
    assert "ended       2 times server_full" in printed


def test_another_machine_is_refused_unless_its_operator_confirms(config: Path, capsys: Output, peer: Peer) -> None:
    link = LinkSettings(address=peer.address, mechanism="null")
    text = config.read_text() + f'[link]\naddress = "{peer.address}"\nmechanism = "null"\n'
    config.write_text(text)
    assert run("bots", "2", "--server", ELSEWHERE, "--config", str(config)) == 78
    assert f'bots_at = "{ELSEWHERE}"' in capsys.readouterr().err
    peer.server["bots_at"] = "192.0.2.2:25565"
    with pytest.raises(ConfigError, match=r"answers 192\.0\.2\.2:25565"):
        confirm(ELSEWHERE, ADDRESS, link)
    peer.server["bots_at"] = ELSEWHERE
    assert confirm(ELSEWHERE, ADDRESS, link)


def test_the_bridge_of_another_machine_confirms_nothing() -> None:
    link = LinkSettings(address="tcp://192.0.2.2:7979", mechanism="null")
    with pytest.raises(ConfigError, match=r"another machine \(192\.0\.2\.2\)"):
        confirm(ELSEWHERE, ADDRESS, link)


@pytest.mark.parametrize("server", ["no-port", "127.0.0.1:70000", "127.0.0.1:x", "no such name:1"])
def test_an_address_that_cannot_be_is_refused(server: str, config: Path, capsys: Output) -> None:
    assert run("bots", "1", "--server", server, "--config", str(config)) == 78
    assert "must be HOST:PORT" in capsys.readouterr().err


def test_names_have_room_for_their_numbers(config: Path) -> None:
    assert run("bots", "1", "--name", "a" * 34, "--config", str(config)) == 2

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner, Result

from tests.link.lua_listener import TOKEN, LuaListener
from tests.peer import Peer
from tests.runtimes import fresh, running
from timmy_actors.cli.doctor import command, host
from timmy_actors.cli.doctor.check import Check
from timmy_actors.cli.doctor.command import examine
from timmy_actors.cli.root import cli
from timmy_actors.system import config_folder, generate_keys, write_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from timmy_actors.cli.doctor.check import Subject

WORLDLESS = '[world]\nembedded = false\n[link]\naddress = "tcp://127.0.0.1:{port}"\n'


def write(folder: Path, text: str) -> Path:
    file = folder / "timmy.toml"
    file.write_text(f'portals_file = "{config_folder() / "portals.json"}"\n' + text)
    return file


def report(file: Path) -> dict[str, list[Check]]:
    checks: dict[str, list[Check]] = {}
    for check in examine(file, None):
        checks.setdefault(check.name, []).append(check)
    return checks


def doctor(file: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["doctor", "--config", str(file), *arguments])


def states(text: str) -> dict[str, str]:
    return {check["name"]: check["state"] for check in json.loads(text)["checks"]}


def test_without_a_daemon_the_shipped_configuration_has_no_fault(tmp_path: Path) -> None:
    done = doctor(write(tmp_path, ""), "--json")
    assert done.exit_code == 0, done.output
    checks = states(done.output)
    assert {"configuration", "daemon", "permissions", "disk", "port", "token", "bridge", "clock"} <= checks.keys()
    assert "fail" not in checks.values()


def test_beside_a_daemon_it_uses_what_that_one_reports(tmp_path: Path) -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        checks = report(write(tmp_path, WORLDLESS.format(port=peer.port) + 'mechanism = "null"\n'))
    assert "process" in checks["daemon"][0].detail
    assert checks["token"][0].state == "warn"
    assert checks["bridge"][0].detail.startswith(f"{peer.address}: TES3MP 0.8.1, bridge test, scopes observe act")
    assert checks["bridge"][0].remedy == "update it with timmy-actors install-lua SERVER"


def test_a_mistake_in_the_configuration_is_one_failed_line_and_the_exit_code(tmp_path: Path) -> None:
    done = doctor(write(tmp_path, "playr = 5\n"))
    assert done.exit_code == 1
    failed = [line for line in done.output.splitlines() if line.startswith("fail")]
    assert len(failed) == 1
    assert "line 2: playr: no such key" in failed[0]


def test_the_bridge_is_asked_for_its_version_when_no_daemon_runs(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.touch(mode=0o600)
    token.write_text(TOKEN)
    listener = LuaListener()
    try:
        file = write(tmp_path, WORLDLESS.format(port=listener.port) + f'token_file = "{token}"\n')
        checks = report(file)
        assert (checks["token"][0].state, checks["bridge"][0].state) == ("ok", "ok"), checks["bridge"]
        token.write_text(TOKEN + "-wrong")
        assert report(file)["bridge"][0].remedy.endswith("that both have the same token")
        token.chmod(0o644)
        checks = report(file)
        assert "chmod 600" in checks["token"][0].detail
        assert checks["bridge"][0].state == "warn"
    finally:
        listener.kill()


def test_a_port_that_is_taken_a_missing_server_and_a_screen_that_is_off_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        text = (
            f'[world]\nport = {port}\n[desktop]\ncommand = ["no-such-program"]\n[steam]\nurl = "http://127.0.0.1:1/"\n'
        )
        monkeypatch.setenv("DISPLAY", ":987")
        done = doctor(write(tmp_path, text))
    lines = {line.split()[1]: line for line in done.output.splitlines()}
    assert done.exit_code == 1
    assert f"world.port: {port} cannot be used" in lines["port"]
    assert "no-such-program: no such program: correct its command" in lines["desktop-control"]
    assert "Connection refused: start it, or correct its url" in lines["steam-info"]
    assert lines["X"].startswith("warn")


def test_a_file_in_the_place_of_a_folder_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    checks = report(write(tmp_path, f'[journal]\nfile = "{tmp_path}/file/journal"\n'))
    assert any(check.state == "fail" and f"{tmp_path}/file: is not" in check.detail for check in checks["permissions"])


def test_a_socket_folder_that_others_can_enter_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    monkeypatch.setenv("TIMMY_ENDPOINT", f"ipc://{shared}/daemon.sock")
    checks = report(write(tmp_path, ""))
    assert any(check.state == "fail" and "chmod 700" in check.detail for check in checks["permissions"])


def test_what_is_served_over_the_network_is_checked(tmp_path: Path) -> None:
    write_keys(generate_keys("gamehost"), tmp_path / "key")
    (tmp_path / "clients").touch()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        http = f"[http]\nenabled = true\nport = {port}\n"
        keys = 'key_file = "key"\nclients_file = "clients"\n'
        remote = f'[remote]\nenabled = true\naddress = "tcp://127.0.0.1:{port}"\n{keys}'
        checks = report(write(tmp_path, http + remote))
        assert [check.state for check in checks["HTTP"]] == ["fail"]
        assert [check.state for check in checks["remote"]] == ["warn", "fail"]
        assert checks["remote"][1].detail == f"127.0.0.1, port {port}: Address already in use"
    (tmp_path / "key").chmod(0o644)
    assert "chmod 600" in report(write(tmp_path, remote))["remote"][0].detail


def test_a_check_that_has_a_fault_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(_subject: Subject) -> Iterator[Check]:
        raise ValueError("no")
        yield

    monkeypatch.setattr(command, "CHECKS", (faulty, host.clock))
    checks = report(write(tmp_path, ""))
    assert (checks["faulty"][0].state, checks["faulty"][0].detail) == ("fail", "ValueError: no")
    assert "clock" in checks


def test_a_wrong_portal_keeps_the_other_settings(tmp_path: Path) -> None:
    checks = report(write(tmp_path, 'portal = "nosuch"\n[desktop]\ncommand = ["bin/server"]\n'))
    assert "nosuch" in checks["configuration"][0].detail
    assert checks["desktop-control"][0].detail == "bin/server: no such program"


def test_a_relative_command_is_searched_from_the_configurations_folder(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "server"
    program.parent.mkdir()
    program.touch(mode=0o700)
    assert report(write(tmp_path, '[desktop]\ncommand = ["bin/server"]\n'))["desktop-control"][0].state == "ok"


def test_the_parts_that_are_enabled_are_checked(tmp_path: Path) -> None:
    (tmp_path / "land.esp").write_bytes(b"")
    text = (
        '[heartbeat]\nenabled = true\npolicy = "scripted"\nscripted.file = "none.yaml"\n'
        '[game_data]\nfiles = ["land.esp", "gone.esm"]\n'
        '[player_client]\nenabled = true\npassword_file = "none"\n'
    )
    checks = report(write(tmp_path, text))
    assert [check.state for check in checks["game_data"]] == ["ok", "fail"]
    assert "gone.esm" in checks["game_data"][1].detail
    for part, named in (("heartbeat", "none.yaml"), ("player_client", "none")):
        assert [check.state for check in checks[part]] == ["fail"]
        assert named in checks[part][0].detail


def test_parts_that_are_not_enabled_are_not_checked(tmp_path: Path) -> None:
    assert not {"heartbeat", "game_data", "player_client"} & report(write(tmp_path, "")).keys()

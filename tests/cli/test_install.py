from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.link.lua_listener import luajit
from tests.second_user import UID, let_enter, need_second_user, run_as_second_user
from timmy_actors.cli import main
from timmy_actors.cli.install import (
    CUSTOM_SCRIPTS,
    MANIFEST,
    MODULES,
    TOKEN,
    carry_out,
    plan_install,
    plan_uninstall,
)
from timmy_actors.errors import ConfigError
from timmy_actors.system import lua_folder, read_token

ORIGINAL = b'-- Load up your custom scripts here!\nrequire("custom/other")\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A server's folder with unchanged CoreScripts."""
    for folder in ("scripts", "data", "lib/lua"):
        (tmp_path / "server" / folder).mkdir(parents=True)
    (tmp_path / "server" / CUSTOM_SCRIPTS).write_bytes(ORIGINAL)
    return tmp_path / "server"


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """A host's root without luasocket."""
    return tmp_path / "root"


def with_luasocket(host: Path) -> None:
    (host / "usr/share/lua/5.1").mkdir(parents=True)
    (host / "usr/share/lua/5.1/socket.lua").write_text("-- luasocket's")
    (host / "usr/lib/x86_64-linux-gnu/lua/5.1/socket").mkdir(parents=True)
    (host / "usr/lib/x86_64-linux-gnu/lua/5.1/socket/core.so").write_bytes(b"\x7fELF")


def install(home: Path, host: Path) -> list[str]:
    return [step.describe() for step in carry_out(plan_install(home, host))]


def uninstall(home: Path) -> list[str]:
    return [step.describe() for step in carry_out(plan_uninstall(home))]


def contents(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def test_every_module_is_copied_and_one_line_is_added(home: Path, host: Path) -> None:
    install(home, host)
    ours = {path.relative_to(lua_folder()) for path in (lua_folder() / "timmy").rglob("*.lua")}
    there = {path.relative_to(home / MODULES) for path in (home / MODULES / "timmy").rglob("*.lua")}
    assert ours == there
    assert (home / MODULES / "timmy_bridge.lua").read_bytes() == (lua_folder() / "timmy_bridge.lua").read_bytes()
    assert (home / CUSTOM_SCRIPTS).read_bytes() == ORIGINAL + b'require("timmy_bridge")\n'


def test_the_token_is_for_its_owner_only(home: Path, host: Path) -> None:
    install(home, host)
    assert (home / TOKEN).stat().st_mode & 0o777 == 0o600
    assert read_token(home / TOKEN)


def test_the_server_can_read_it_whatever_the_umask_of_who_installs(home: Path, host: Path) -> None:
    before = os.umask(0o077)
    try:
        install(home, host)
    finally:
        os.umask(before)
    assert (home / MODULES / "timmy").stat().st_mode & 0o777 == 0o755
    assert (home / MODULES / "timmy" / "bridge.lua").stat().st_mode & 0o777 == 0o644


def test_a_second_run_finds_nothing_to_do(home: Path, host: Path) -> None:
    install(home, host)
    before = contents(home)
    assert plan_install(home, host) == []
    assert contents(home) == before


def test_what_an_earlier_version_had_and_this_one_has_not_is_removed(home: Path, host: Path) -> None:
    install(home, host)
    old = home / MODULES / "timmy" / "old_topic" / "forgotten.lua"
    old.parent.mkdir()
    old.write_text("-- of an earlier version")
    (home / MODULES / "timmy" / "bridge.lua").write_text("-- of an earlier version")
    steps = install(home, host)
    assert [line.split()[0] for line in steps] == ["remove", "copy"]
    assert not old.parent.exists()


def test_an_existing_token_stays_and_is_closed_to_others(home: Path, host: Path) -> None:
    (home / TOKEN).write_text("abcdefghijklmnopqrstuvwxyz observe\n")
    (home / TOKEN).chmod(0o644)
    install(home, host)
    assert (home / TOKEN).read_text() == "abcdefghijklmnopqrstuvwxyz observe\n"
    assert (home / TOKEN).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b'require("timmy_bridge")\n'),
        (b"-- no newline", b'-- no newline\nrequire("timmy_bridge")\n'),
        (b"-- DOS\r\n", b'-- DOS\r\nrequire("timmy_bridge")\r\n'),
        (b'-- require("timmy_bridge")\n', b'-- require("timmy_bridge")\nrequire("timmy_bridge")\n'),
        (b"require 'timmy_bridge'\n", b"require 'timmy_bridge'\n"),
        (b'  require ( "timmy_bridge" ) ;\n', b'  require ( "timmy_bridge" ) ;\n'),
        (b'require("timmy_bridge_of_another")\n', b'require("timmy_bridge_of_another")\nrequire("timmy_bridge")\n'),
    ],
)
def test_the_line_is_added_once_however_the_file_is_written(
    home: Path, host: Path, before: bytes, after: bytes
) -> None:
    (home / CUSTOM_SCRIPTS).write_bytes(before)
    install(home, host)
    assert (home / CUSTOM_SCRIPTS).read_bytes() == after


def test_the_hosts_luasocket_is_copied_where_there_is_one(home: Path, host: Path) -> None:
    with_luasocket(host)
    install(home, host)
    assert (home / "lib/lua/socket.lua").read_text() == "-- luasocket's"
    assert (home / "lib/socket/core.so").read_bytes() == b"\x7fELF"
    uninstall(home)
    assert not (home / "lib/socket").exists()


def test_the_operators_luasocket_is_left_alone(home: Path, host: Path) -> None:
    with_luasocket(host)
    (home / "lib/lua/socket.lua").write_text("-- the operator's")
    install(home, host)
    assert (home / "lib/lua/socket.lua").read_text() == "-- the operator's"
    assert not (home / "lib/socket/core.so").exists()
    uninstall(home)
    assert (home / "lib/lua/socket.lua").read_text() == "-- the operator's"


def test_no_cjson_is_ever_put_there(home: Path, host: Path) -> None:
    with_luasocket(host)
    install(home, host)
    assert not [name for name in contents(home) if "cjson" in name]


def test_uninstalling_leaves_the_server_as_it_was_but_for_the_operators_own_files(home: Path, host: Path) -> None:
    settings = home / MODULES / "timmy_config.lua"
    settings.write_text("return {}")
    before = contents(home)
    install(home, host)
    uninstall(home)
    assert contents(home) == {**before, str(TOKEN): (home / TOKEN).read_bytes()}
    assert plan_uninstall(home) == []


def test_a_manifest_that_names_files_elsewhere_removes_nothing_there(home: Path, host: Path) -> None:
    install(home, host)
    precious = home.parent / "precious"
    precious.write_text("precious")
    (home / MANIFEST).write_text('{"files": ["../precious", "/etc/hostname", 7]}')
    assert uninstall(home)
    assert precious.exists()
    assert Path("/etc/hostname").exists()


def test_a_damaged_manifest_is_reported(home: Path, host: Path) -> None:
    install(home, host)
    (home / MANIFEST).write_text("{")
    with pytest.raises(ConfigError, match="is damaged: delete it"):
        plan_install(home, host)


def test_a_folder_that_is_no_servers_is_refused_and_the_right_one_named(home: Path, host: Path) -> None:
    with pytest.raises(ConfigError, match=rf"{home.parent}: has no .*customScripts.lua.*; {home} looks like it"):
        plan_install(home.parent, host)


def test_a_dry_run_does_nothing_and_says_what_would_be_done(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(home)
    _run("install-lua", str(home), "--dry-run")
    assert contents(home) == before
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("would ") for line in lines)
    assert any("customScripts.lua" in line for line in lines)


def test_a_file_that_cannot_be_written_is_reported_with_the_remedy(home: Path, host: Path) -> None:
    steps = plan_install(home, host)
    (home / "lib" / "lua" / "timmy").write_text("a file in a folder's place")
    with pytest.raises(ConfigError, match="as the user who owns the server's files"):
        list(carry_out(steps))
    assert (home / CUSTOM_SCRIPTS).read_bytes() == ORIGINAL


def test_what_was_installed_loads_in_luajit_by_the_servers_paths(home: Path) -> None:
    list(carry_out(plan_install(home)))
    paths = f"package.path = '{home}/lib/lua/?.lua'; package.cpath = '{home}/lib/?.so'"
    loads = "require('timmy.server.listener'); require('timmy.commands.registry')"
    script = f"{paths}; {loads}; print(type(require('timmy.server.sockets').bind))"
    done = subprocess.run([luajit(), "-e", script], capture_output=True, text=True, check=False, cwd=home.parent)
    assert (done.stdout.strip(), done.stderr) == ("function", "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can install for another user")
def test_root_gives_what_it_writes_to_the_servers_user(home: Path, host: Path) -> None:
    server_user = 65534
    for path in [home, *home.rglob("*")]:
        os.chown(path, server_user, server_user)
    install(home, host)
    assert {path.stat().st_uid for path in home.rglob("*")} == {server_user}


def _run(*arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0


def _planted(home: Path, link: Path, victim: Path) -> None:
    """Have the server's user replace a file by a link."""
    planted = run_as_second_user(["sh", "-c", 'rm -rf "$1"; ln -s "$2" "$1"', "sh", home / link, victim])
    assert planted.returncode == 0, planted.stderr


@pytest.mark.parametrize(
    "link", [CUSTOM_SCRIPTS, CUSTOM_SCRIPTS.with_name("customScripts.lua.new"), TOKEN, MANIFEST,
             MODULES / "timmy_bridge.lua", MODULES / "timmy_bridge.lua.new"],
)  # fmt: skip
def test_root_follows_no_link_that_the_servers_user_put_in_a_files_place(home: Path, host: Path, link: Path) -> None:
    _give_away(home)
    victim = home.parent / "victim"
    victim.write_bytes(b"root's own\n")
    victim.chmod(0o644)
    (home / link).parent.mkdir(exist_ok=True)
    os.chown((home / link).parent, UID, UID)
    _planted(home, link, victim)
    try:
        install(home, host)
    except ConfigError as error:
        assert f"{home / link} is a link, and is not followed" in str(error)  # noqa: PT017
    facts = victim.stat()
    assert (victim.read_bytes(), facts.st_uid, facts.st_mode & 0o777) == (b"root's own\n", 0, 0o644)
    assert b"root's own" not in b"".join(
        path.read_bytes() for path in home.rglob("*") if path.is_file() and not path.is_symlink()
    )


@pytest.mark.parametrize("folder", ["lib", "lib/lua", "lib/lua/timmy", "data", "scripts"])
def test_root_follows_no_link_that_the_servers_user_put_in_a_folders_place(home: Path, host: Path, folder: str) -> None:
    _give_away(home)
    elsewhere = home.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "customScripts.lua").write_bytes(ORIGINAL)
    (elsewhere / "old.lua").write_text("an earlier version's, by its name")
    _planted(home, Path(folder), elsewhere)
    with pytest.raises(ConfigError, match=rf"{home / folder} is a link, and is not followed"):
        install(home, host)
    assert {path.name for path in elsewhere.iterdir()} == {"customScripts.lua", "old.lua"}
    assert (elsewhere / "customScripts.lua").read_bytes() == ORIGINAL
    assert elsewhere.stat().st_uid == 0


def test_root_reads_no_file_of_its_own_that_got_another_name_there(home: Path, host: Path) -> None:
    need_second_user()
    secret = home.parent / "secret"
    secret.write_bytes(b"root's own\n")
    (home / CUSTOM_SCRIPTS).unlink()
    os.link(secret, home / CUSTOM_SCRIPTS)
    for path in (home, *(path for path in home.rglob("*") if path.is_dir())):
        os.chown(path, UID, UID)
    with pytest.raises(ConfigError, match="another name of another user's file"):
        install(home, host)
    assert secret.read_bytes() == b"root's own\n"


def _give_away(home: Path) -> None:
    need_second_user()
    let_enter(home.parent)
    for path in [home, *home.rglob("*")]:
        os.chown(path, UID, UID)


def test_the_steps_are_printed_in_few_lines_with_the_configured_port(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / MODULES / "timmy_config.lua").write_text("-- port = 1\nreturn { limits = { report = 2 }, port = 8123 }\n")
    _run("install-lua", str(home), "--dry-run", "--verbose")
    assert len(capsys.readouterr().out.splitlines()) > 100
    _run("install-lua", str(home))
    output = capsys.readouterr().out
    assert len(output.splitlines()) < 12
    assert f"files in {home / 'lib'}" in output
    assert f"edit    {home / CUSTOM_SCRIPTS}" in output
    assert "listening on ...:8123" in output


@pytest.mark.parametrize("content", ['{"files": 3}', '{"files": ["\\u0000"]}', "[]"])
def test_a_manifest_with_other_content_is_reported(home: Path, host: Path, content: str) -> None:
    install(home, host)
    (home / MANIFEST).write_text(content)
    with pytest.raises(ConfigError, match="is damaged: delete it"):
        plan_install(home, host)

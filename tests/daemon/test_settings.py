from __future__ import annotations

import socket
from pathlib import Path

import pytest

from timmy_actors import Runtime
from timmy_actors.daemon.portal_supervisor import PortalSupervisor
from timmy_actors.daemon.settings import CONFIG_VARIABLE, Settings, config_path, load_settings
from timmy_actors.errors import ConfigError
from timmy_actors.system import config_folder

PORTALS = f'portals_file = "{config_folder() / "portals.json"}"\n'
NO_WORLD = "[world]\nembedded = false\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "timmy.toml"


def complaint(file: Path, text: str) -> str:
    """The one-line error of a start with this configuration, without the file's name."""
    file.write_text(text)
    with pytest.raises(ConfigError) as error:
        Runtime.from_config(file)
    message = str(error.value)
    assert "\n" not in message
    return message.removeprefix(str(file))


def test_the_shipped_file_is_the_defaults() -> None:
    assert load_settings(config_folder() / "timmy.toml") == Settings()


def test_an_empty_file_is_the_defaults(file: Path) -> None:
    file.write_text("")
    assert load_settings(file) == Settings()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("player = \n", ["line 1", "correct the TOML there"]),
        ('\n\nplayer = "a\n', ["line 3"]),
        ("[world]\nport = 1\nport = 2\n", [", line 3: world.port: is set already, on line 2: remove one of them"]),
        ("player = 'a'\n\nplayer = 'b'", [", line 3: player: is set already, on line 1: "]),
        ("[world]\n[link]\n[world]\n", [", line 3: world: is set already, on line 1: "]),
        ("[world]\nport = 1\n[world.port]\n", [", line 3: world.port: is set already, on line 2: "]),
        ("player = 'a'\nworld = {port = 1, port = 2}\n", ["line 2", "correct the TOML there"]),
        ("player = 'a'\nworld =", ["line 2", "correct the TOML there"]),
        ("[desktop]\ncommand = []\n", [", line 2: desktop.command: names no program"]),
        ('[steam]\ncommand = [""]\n', [", line 2: steam.command.0: must not be empty"]),
        (
            '[steam]\ncommand = ["{pyhton}"]\n',
            [", line 2: steam.command: no such placeholder as {pyhton}; there are: {"],
        ),
        ('[desktop]\ncommand = ["a", "--to={capture}/x"]\n', ["desktop.command: no such placeholder as {capture}"]),
        ('playr = "Timmy"\n', [", line 1: playr: no such key; there are:", "player", "portal"]),
        ("[wrld]\n", [", line 1: wrld: no such key; there are:", "world"]),
        ("[world]\nprot = 1\n", [", line 2: world.prot: no such key; there are:", "port", "seed"]),
        ("[world]\nport = 0\n[link]\nport = 1\n", [", line 4: link.port: no such key"]),
        ("[world]\nseed = 1\n[perception]\nplayer = 1\n", [", line 4: perception.player: no such key"]),
        ("player = 5\n", [", line 1: player: must be a string"]),
        ('player = ""\n', [", line 1: player: must not be empty"]),
        ('player = "a\\u0000"\n', [", line 1: player: must be one line without control characters"]),
        ('[link]\naddress = "here"\n', [", line 2: link.address: must be tcp://HOST:PORT"]),
        ("world = 5\n", [", line 1: world: must be a table: [world]"]),
        ("link = []\n", [", line 1: link: must be a table: [link]"]),
        ('[world]\nport = "7979"\n', [", line 2: world.port: ", "whole number"]),
        ("[world]\nport = 65536\n", [", line 2: world.port: ", "65535"]),
        ("[world]\nport = 1.5\n", [", line 2: world.port: "]),
        ('[world]\nembedded = "yes"\n', [", line 2: world.embedded: ", "true or false"]),
        ("[world]\nseed = true\n", [", line 2: world.seed: "]),
        ('world.port = "x"\n', [", line 1: world.port: "]),
        ('world = {port = "x"}\n', [", line 1: world.port: "]),
        ('log_level = "loud"\n', [", line 1: log_level: ", "'debug'"]),
        ('portal = "Not An Id"\n', [", line 1: portal: "]),
        ('[http]\nhost = "localhost"\n', [", line 2: http.host: must be an IP address"]),
        ('[http]\nhost = "0.0.0.0"\n', [", line 2: http.host: others could connect", "http.allow_remote = true"]),
        ('[http]\nallow_remote = false\nhost = "::"\n', [", line 3: http.host: others could connect"]),
        ('[http]\nallowed_hosts = ["a:80"]\n', [", line 2: http.allowed_hosts.0: must be a name without a port"]),
        ('[http]\nallowed_origins = ["a.example"]\n', [", line 2: http.allowed_origins.0: must be the origin"]),
        ("[http]\nport = -1\n", [", line 2: http.port: "]),
        ("[link]\nheartbeat_interval_s = 0.0\n", [", line 2: link.heartbeat_interval_s: "]),
        ("[link]\nheartbeat_interval_s = nan\n", [", line 2: link.heartbeat_interval_s: "]),
        ('[link]\nmechanism = "curve"\n', [", line 2: link.mechanism: ", "'plain'"]),
        ('[link]\nclient = "two words"\n', [", line 2: link.client: "]),
        ("[perception]\nrate_hz = 21\n", [", line 2: perception.rate_hz: ", "20"]),
        ('portals_file = "a\\u0000b"\n', [", line 1: portals_file: "]),
        ('[link]\ntoken_file = "a\\u0000b"\n', [", line 2: link.token_file: "]),
        ("seed = " + "9" * 5_000 + "\n", ["cannot be read as TOML"]),
        ("x = " + "[" * 20_000, ["cannot be read as TOML"]),
    ],
    ids=lambda value: repr(value)[:50] if isinstance(value, str) else "",
)
def test_a_mistake_is_named_with_its_line_and_key_and_the_remedy(file: Path, text: str, expected: list[str]) -> None:
    message = complaint(file, text)
    assert [part for part in expected if part not in message] == [], message


@pytest.mark.parametrize(
    "address",
    ["localhost:7979", "tcp://localhost", "tcp://a b:1", "tcp://:1", "tcp://h:0", "tcp://h:99999", "tcp://*:1"],
)
def test_an_address_that_leads_nowhere_is_named(file: Path, address: str) -> None:
    assert "link.address: " in complaint(file, f'[link]\naddress = "{address}"\n')
    assert "tcp://HOST:PORT" in complaint(file, f'[link]\naddress = "{address}"\n')


@pytest.mark.parametrize("address", ["tcp://localhost:1", "tcp://10.0.0.1:65535", "tcp://game_server.example:7979"])
def test_an_address_that_may_lead_somewhere_is_taken(file: Path, address: str) -> None:
    file.write_text(f'[link]\naddress = "{address}"\n')
    assert load_settings(file).link.address == address


def test_a_whole_number_is_a_number_of_seconds_too(file: Path) -> None:
    file.write_text("[link]\nheartbeat_interval_s = 2\n")
    assert load_settings(file).link.heartbeat_interval_s == 2.0


def test_a_file_that_is_not_there_is_named(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"timmy\.toml: cannot read the configuration: No such file"):
        Runtime.from_config(file)
    with pytest.raises(ConfigError, match=r"name another with --config or TIMMY_CONFIG$"):
        Runtime.from_config(file)


def test_an_ipv6_address_is_refused_as_one(file: Path) -> None:
    assert "not listen on IPv6" in complaint(file, '[link]\naddress = "tcp://[::1]:7979"\n')


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read the configuration: Is a directory"):
        Runtime.from_config(tmp_path)


def test_a_file_of_another_kind_is_named(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_settings(file)
    file.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(ConfigError, match="larger than"):
        load_settings(file)


def test_a_mark_that_some_editors_put_first_is_no_mistake(file: Path) -> None:
    file.write_bytes(b'\xef\xbb\xbfplayer = "Jiub"\n')
    assert load_settings(file).player == "Jiub"


def test_a_file_without_an_end_is_not_read_to_it() -> None:
    with pytest.raises(ConfigError, match="larger than"):
        load_settings(Path("/dev/zero"))


def test_a_token_of_a_user_who_is_not_there_is_named(file: Path) -> None:
    message = complaint(file, PORTALS + NO_WORLD + '[link]\ntoken_file = "~no-such-user/token"\n')
    assert "link.token_file: ~no-such-user/token: " in message
    assert "give the whole path" in message


def test_an_unknown_portal_is_named_with_those_that_are_known(file: Path) -> None:
    message = complaint(file, PORTALS + 'portal = "skyrim"\n' + NO_WORLD)
    assert "no portal 'skyrim'; there are: bannerlord, morrowind" in message


def test_an_unknown_portal_on_the_command_line_is_named_too(file: Path) -> None:
    file.write_text(PORTALS)
    with pytest.raises(ConfigError, match="no portal 'skyrim'"):
        Runtime.from_config(file, portal="skyrim")


def test_a_catalog_that_is_not_there_is_named(file: Path) -> None:
    assert "nowhere.json: cannot read the portal catalog" in complaint(file, 'portals_file = "nowhere.json"\n')


def test_a_catalog_is_looked_for_beside_the_configuration(file: Path) -> None:
    (file.parent / "mine.json").write_text("[]")
    assert "mine.json: no portal 'morrowind'; there are: none" in complaint(file, 'portals_file = "mine.json"\n')


EVERY_PATH = """
portals_file = "portals.json"
tools_file = "tools.json"
[link]
token_file = "token"
[desktop]
command = ["bin/server", "{captures}", "--env=${HOME}"]
captures_folder = "captures"
token_file = "desktop-token"
[steam]
command = ["server"]
api_key_file = "key"
[journal]
file = "journal"
"""


def test_every_path_starts_at_the_file_wherever_the_daemon_is_started(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(EVERY_PATH)
    monkeypatch.chdir("/")
    settings = load_settings(file)
    folder = str(file.parent)
    assert settings.model_dump_json(exclude_unset=True).count(folder) == 7
    assert [settings.portals_file, settings.link.token_file] == [f"{folder}/portals.json", f"{folder}/token"]
    assert [settings.journal.file, settings.desktop.captures_folder] == [f"{folder}/journal", f"{folder}/captures"]
    (file.parent / "portals.json").write_text("[]")
    (file.parent / "tools.json").write_text((config_folder() / "portal_tools.json").read_text())
    for token in ("key", "desktop-token"):
        (file.parent / token).write_text("a-token-of-this-test")
    options = PortalSupervisor(settings, folder=file.parent)._options
    assert options["desktop-control"].command == (f"{folder}/bin/server", f"{folder}/captures", "--env=${HOME}")
    assert options["steam-info"].command == ("server",)


def test_a_message_has_the_whole_path_of_a_file_that_was_named_relatively(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    file.write_text("playr = 1\n")
    with pytest.raises(ConfigError, match=f"^{file}, line 1: "):
        Runtime.from_config(file.name)
    monkeypatch.setenv(CONFIG_VARIABLE, file.name)
    with pytest.raises(ConfigError, match=f"^{file}, line 1: "):
        Runtime.from_config()


def test_a_configuration_in_a_folder_of_its_own_works_with_the_catalog_that_ships(file: Path) -> None:
    file.write_text(NO_WORLD + '[link]\nmechanism = "null"\n')
    Runtime.from_config(file)
    (file.parent / "portals.json").write_text("[]")
    with pytest.raises(ConfigError, match=f"^{file.parent}/portals.json: no portal 'morrowind'"):
        Runtime.from_config(file)


def test_a_port_that_is_taken_is_named_with_the_remedy(file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        message = complaint(file, PORTALS + f"[world]\nport = {port}\n")
    assert (
        f"world.port: {port} cannot be used: Address already in use. Choose another, or 0 for any free port" in message
    )


def test_a_token_that_is_not_there_is_named_with_the_remedy(file: Path, tmp_path: Path) -> None:
    message = complaint(file, PORTALS + NO_WORLD + f'[link]\ntoken_file = "{tmp_path}/token"\n')
    assert "cannot read the token: No such file" in message
    assert "umask 077" in message


def test_no_token_is_asked_for_without_the_mechanism_that_needs_one(file: Path) -> None:
    file.write_text(PORTALS + NO_WORLD + '[link]\nmechanism = "null"\ntoken_file = "/nowhere"\n')
    Runtime.from_config(file)


def test_the_argument_comes_before_the_variable_and_that_before_what_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    assert config_path() == config_folder() / "timmy.toml"
    monkeypatch.setenv(CONFIG_VARIABLE, "/named/by/variable.toml")
    assert config_path() == Path("/named/by/variable.toml")
    assert config_path(Path("/argument.toml")) == Path("/argument.toml")

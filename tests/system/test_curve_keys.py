from __future__ import annotations

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from timmy_actors.cli.root import cli
from timmy_actors.errors import CannotCreateError, ConfigError
from timmy_actors.system import generate_keys, read_clients, read_keys, write_keys


def test_keys_are_read_as_they_were_written_and_only_by_their_owner(tmp_path: Path) -> None:
    keys = generate_keys("laptop", generate_keys("gamehost").public)
    write_keys(keys, tmp_path / "inner" / "laptop.key")
    assert read_keys(tmp_path / "inner" / "laptop.key") == keys
    assert stat.S_IMODE((tmp_path / "inner" / "laptop.key").stat().st_mode) == 0o600
    assert keys.secret not in repr(keys)


def test_existing_keys_are_never_overwritten(tmp_path: Path) -> None:
    keys = generate_keys("laptop")
    write_keys(keys, tmp_path / "key")
    with pytest.raises(CannotCreateError, match="File exists: name another file"):
        write_keys(generate_keys("laptop"), tmp_path / "key")
    assert read_keys(tmp_path / "key") == keys


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "name: None must have"),
        ("name = 5", "name: 5 must have"),
        ('name = "x"\npublic = "short"', "public: must be a CURVE key of 40 characters"),
        ("nonsense", "is not a file with keys"),
    ],
)
def test_a_file_without_valid_keys_is_refused_with_the_remedy(tmp_path: Path, text: str, mistake: str) -> None:
    file = tmp_path / "key"
    file.touch(mode=0o600)
    file.write_text(text)
    with pytest.raises(ConfigError, match=mistake):
        read_keys(file)


def test_keys_that_others_can_read_are_refused(tmp_path: Path) -> None:
    write_keys(generate_keys("laptop"), tmp_path / "key")
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(ConfigError, match="others can read the secret key: chmod 600"):
        read_keys(tmp_path / "key")


@pytest.mark.parametrize(
    ("line", "mistake"),
    [("laptop", "must be a name and a public key"), ("lap/top " + "x" * 40, "the name"), ("laptop abc", "the key")],
)
def test_a_mistake_in_the_authorized_clients_is_named_with_its_line(tmp_path: Path, line: str, mistake: str) -> None:
    (tmp_path / "clients").write_text(f"# comment\n{line}\n")
    with pytest.raises(ConfigError, match=f"line 2: {mistake}"):
        read_clients(tmp_path / "clients")


def test_the_command_prints_the_line_for_the_clients_file(tmp_path: Path) -> None:
    file = tmp_path / "laptop.key"
    server = generate_keys("gamehost").public
    generated = CliRunner().invoke(cli, ["keys", "generate", "laptop", "--server", server, "--file", str(file)])
    shown = CliRunner().invoke(cli, ["keys", "show", str(file)])
    assert (generated.exit_code, shown.exit_code) == (0, 0)
    assert shown.output in generated.output
    (tmp_path / "clients").write_text(shown.output)
    assert read_clients(tmp_path / "clients") == {read_keys(file).public: "laptop"}
    assert read_keys(file).secret not in generated.output + shown.output

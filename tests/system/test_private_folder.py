from __future__ import annotations

from pathlib import Path

import pytest

from timmy_actors.errors import ConfigError
from timmy_actors.system.private_folder import LONGEST, SHORTEST, make_token_file, read_token


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "token"


def write(file: Path, content: bytes, mode: int = 0o600) -> Path:
    file.write_bytes(content)
    file.chmod(mode)
    return file


def error_of(file: Path) -> str:
    with pytest.raises(ConfigError) as error:
        read_token(file)
    assert str(error.value).startswith(str(file))
    return str(error.value)


def test_a_new_token_can_be_read_by_its_owner_only(file: Path) -> None:
    make_token_file(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(read_token(file)) >= SHORTEST


def test_a_token_that_cannot_be_written_is_reported(file: Path) -> None:
    file.mkdir()
    with pytest.raises(ConfigError, match="token: cannot write the token: Is a directory"):
        make_token_file(file)


def test_each_new_token_differs_and_replaces_the_previous_one(file: Path) -> None:
    make_token_file(file)
    first = read_token(file)
    make_token_file(file)
    assert read_token(file) != first


def test_a_link_to_another_file_is_replaced_and_not_followed(file: Path, tmp_path: Path) -> None:
    precious = write(tmp_path / "precious", b"precious")
    file.symlink_to(precious)
    make_token_file(file)
    assert precious.read_bytes() == b"precious"


def test_white_space_around_a_token_is_ignored(file: Path) -> None:
    assert read_token(write(file, b"  " + b"x" * SHORTEST + b"\r\n\n")) == "x" * SHORTEST


def test_the_first_token_of_the_game_servers_file_is_read(file: Path) -> None:
    content = b"# ours\n\n" + b"x" * SHORTEST + b" observe act\n" + b"y" * SHORTEST + b"\n"
    assert read_token(write(file, content)) == "x" * SHORTEST


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o777])
def test_a_token_that_others_can_reach_is_refused_with_the_remedy(file: Path, mode: int) -> None:
    assert f"chmod 600 {file}" in error_of(write(file, b"x" * SHORTEST, mode))


@pytest.mark.parametrize("length", [0, SHORTEST - 1, LONGEST + 1, 10_000])
def test_a_token_too_short_or_too_long_is_refused(file: Path, length: int) -> None:
    assert "a token has 16 to 255 characters" in error_of(write(file, b"x" * length))


@pytest.mark.parametrize("length", [SHORTEST, LONGEST])
def test_the_shortest_and_the_longest_token_are_accepted(file: Path, length: int) -> None:
    assert len(read_token(write(file, b"x" * length))) == length


def test_a_token_that_is_not_text_is_refused(file: Path) -> None:
    assert "plain ASCII text" in error_of(write(file, b"\xff" * SHORTEST))


def test_a_missing_token_file_or_a_folder_is_refused(file: Path) -> None:
    assert "No such file" in error_of(file)
    file.mkdir()
    assert "Is a directory" in error_of(file)

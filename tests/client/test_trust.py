from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.second_user import UID, as_second_user, let_enter, need_second_user
from timmy_actors import connect
from timmy_actors.desktop_control.run import _token
from timmy_actors.desktop_control.settings import DesktopSettings
from timmy_actors.errors import ConfigError
from timmy_actors.system import default_folder, make_token_file, read_token

LISTEN = (
    "import socket, sys\n"
    "listening = socket.socket(socket.AF_UNIX)\n"
    "listening.bind(sys.argv[1])\n"
    "listening.listen(5)\n"
    "print('ready', flush=True)\n"
    "sys.stdin.read()\n"
)


@contextmanager
def impostor(path: Path) -> Iterator[None]:
    """Another user's process that listens on `path`."""
    command = as_second_user([sys.executable, "-S", "-c", LISTEN, path])
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield


@pytest.fixture
def shared(runtime_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder that all users share, and no XDG_RUNTIME_DIR."""
    need_second_user()
    let_enter(runtime_folder)
    shared = runtime_folder / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr("timmy_actors.system.private_folder.USERS_RUNTIME_FOLDERS", Path("/nowhere"))
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(shared))
    return shared


@pytest.mark.parametrize("mode", [0o755, 0o700])
def test_a_folder_that_another_user_made_first_is_not_trusted(shared: Path, mode: int) -> None:
    folder = default_folder()
    folder.mkdir()
    os.chown(folder, UID, UID)
    folder.chmod(mode)
    with impostor(folder / "daemon.sock"), pytest.raises(ConfigError, match="belongs to another user"):
        connect(timeout_s=0.2)


def test_a_folder_that_another_user_can_write_is_not_trusted(shared: Path) -> None:
    with impostor(shared / "daemon.sock"), pytest.raises(ConfigError, match="others can enter it"):
        connect(f"ipc://{shared}/daemon.sock", timeout_s=0.2)


def test_a_socket_that_another_user_listens_on_is_not_trusted(shared: Path) -> None:
    with impostor(shared / "daemon.sock"):
        shared.chmod(0o700)
        with pytest.raises(ConfigError, match=rf"another user \(uid {UID}\) listens there"):
            connect(f"ipc://{shared}/daemon.sock", timeout_s=0.2)


def test_desktop_control_takes_no_token_from_a_folder_that_another_user_made_first(shared: Path) -> None:
    folder = default_folder()
    folder.mkdir()
    make_token_file(folder / "desktop-control.token")
    for path in (folder, folder / "desktop-control.token"):
        os.chown(path, UID, UID)
    with pytest.raises(ConfigError, match="belongs to another user"):
        _token(DesktopSettings())


def test_a_token_file_of_another_user_is_refused(shared: Path) -> None:
    make_token_file(shared / "token")
    os.chown(shared / "token", UID, UID)
    with pytest.raises(ConfigError, match=rf"belongs to another user \(uid {UID}\)"):
        read_token(shared / "token")

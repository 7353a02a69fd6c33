from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import zmq

from timmy_actors.client.endpoint import EndpointLock, resolve_endpoint
from timmy_actors.errors import ConfigError, EndpointInUseError
from timmy_actors.system import ENDPOINT_VARIABLE, default_folder, make_private


@pytest.fixture
def endpoint(runtime_folder: Path) -> str:
    return f"ipc://{runtime_folder}/daemon.sock"


def test_the_argument_comes_before_the_variable_and_that_before_the_users_default(
    runtime_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert resolve_endpoint() == f"ipc://{runtime_folder}/timmy-actors/daemon.sock"
    monkeypatch.setenv(ENDPOINT_VARIABLE, "ipc:///variable")
    assert resolve_endpoint() == "ipc:///variable"
    assert resolve_endpoint("ipc:///given") == "ipc:///given"


@pytest.mark.parametrize("runtime", [None, "", "/nowhere/at/all"])
def test_without_a_runtime_folder_it_is_one_of_the_users_in_the_temporary_one(
    runtime: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    if runtime is not None:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
    monkeypatch.setattr("timmy_actors.system.private_folder.USERS_RUNTIME_FOLDERS", Path("/nowhere"))
    assert default_folder() == Path(tempfile.gettempdir()) / f"timmy-actors-{os.getuid()}"


def test_a_program_that_is_started_without_the_variable_finds_the_folder_of_the_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As MCP clients start a server: without any variable but HOME, PATH and a few others."""
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr("timmy_actors.system.private_folder.USERS_RUNTIME_FOLDERS", tmp_path)
    (tmp_path / str(os.getuid())).mkdir()
    assert default_folder() == tmp_path / str(os.getuid()) / "timmy-actors"


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:5555", "/path/alone", "ipc://", "ipc://@abstract", "ipc://*"])
def test_an_endpoint_that_is_no_file_is_refused_with_the_remedy(endpoint: str) -> None:
    with pytest.raises(ConfigError, match="must be ipc:// and a file's path"):
        resolve_endpoint(endpoint)


def test_a_path_too_long_for_a_socket_is_reported_with_both_numbers() -> None:
    longest = zmq.IPC_PATH_MAX_LEN
    assert resolve_endpoint("ipc:///" + "x" * (longest - 1))
    with pytest.raises(ConfigError, match=rf"has {longest + 1} bytes, the limit for a socket is {longest}"):
        resolve_endpoint("ipc:///" + "x" * longest)


def test_the_length_counts_bytes_and_not_characters() -> None:
    with pytest.raises(ConfigError, match="bytes"):
        resolve_endpoint("ipc:///" + "é" * 60)


def test_a_folder_is_made_for_the_user_alone(runtime_folder: Path) -> None:
    folder = runtime_folder / "a" / "b"
    make_private(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    make_private(folder)


@pytest.mark.parametrize("mode", [0o755, 0o710, 0o701, 0o770])
def test_a_folder_that_others_can_enter_is_refused_with_the_remedy(runtime_folder: Path, mode: int) -> None:
    folder = runtime_folder / "open"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(ConfigError, match="others can enter it"):
        make_private(folder)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(runtime_folder: Path) -> None:
    folder = runtime_folder / "foreign"
    folder.mkdir(mode=0o700)
    os.chown(folder, 12345, -1)
    with pytest.raises(ConfigError, match="belongs to another user"):
        make_private(folder)


def test_a_file_or_a_link_in_the_folders_place_is_refused(runtime_folder: Path) -> None:
    (runtime_folder / "file").touch()
    with pytest.raises(ConfigError, match="cannot make the folder"):
        make_private(runtime_folder / "file")
    (runtime_folder / "link").symlink_to(tempfile.gettempdir())
    with pytest.raises(ConfigError):
        make_private(runtime_folder / "link")


def test_a_shared_folder_is_refused_with_the_remedy(runtime_folder: Path) -> None:
    runtime_folder.chmod(0o1777)
    with pytest.raises(ConfigError, match="name a folder of your own with --endpoint or TIMMY_ENDPOINT"):
        make_private(runtime_folder)


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_another_file_is_never_replaced_by_a_socket(kind: str, endpoint: str, runtime_folder: Path) -> None:
    path = runtime_folder / "daemon.sock"
    match kind:
        case "file":
            path.write_text("precious")
        case "folder":
            path.mkdir()
        case _:
            path.symlink_to("elsewhere")
    before = path.lstat()
    with pytest.raises(ConfigError, match=r"daemon\.sock: exists already and is not a socket"):
        EndpointLock(endpoint).acquire()
    assert path.lstat() == before


def test_a_lock_that_cannot_be_written_is_reported(endpoint: str, runtime_folder: Path) -> None:
    (runtime_folder / "daemon.sock.lock").mkdir()
    with pytest.raises(ConfigError, match=r"daemon\.sock\.lock: cannot be written: Is a directory"):
        EndpointLock(endpoint).acquire()


def test_a_full_disk_is_reported_and_the_endpoint_released(
    endpoint: str, runtime_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    lock = EndpointLock(endpoint)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        message = f"{runtime_folder}: cannot be written: No space left on device: correct this"
        with pytest.raises(ConfigError, match=message):
            lock.acquire()
    again = EndpointLock(endpoint)
    again.acquire()
    again.release()


def test_a_second_daemon_is_refused_and_the_message_names_the_first(endpoint: str) -> None:
    first = EndpointLock(endpoint)
    first.acquire()
    with pytest.raises(EndpointInUseError, match=rf"a daemon already serves {endpoint}: process {os.getpid()}\."):
        EndpointLock(endpoint).acquire()
    first.release()


def test_a_released_endpoint_can_be_taken_again_and_releasing_twice_is_no_error(endpoint: str) -> None:
    for _ in range(2):
        lock = EndpointLock(endpoint)
        lock.acquire()
        with pytest.raises(EndpointInUseError):
            EndpointLock(endpoint).acquire()
        lock.release()
        lock.release()


def test_one_whose_holder_was_killed_can_be_taken(endpoint: str) -> None:
    program = f"""
import sys, time
from timmy_actors.client.endpoint import EndpointLock
lock = EndpointLock({endpoint!r})
lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(EndpointInUseError, match=f"process {holder.pid}"):
            EndpointLock(endpoint).acquire()
        holder.kill()
    lock = EndpointLock(endpoint)
    lock.acquire()
    lock.release()


def test_a_holder_that_left_no_process_id_is_still_reported(endpoint: str, runtime_folder: Path) -> None:
    first = EndpointLock(endpoint)
    first.acquire()
    (runtime_folder / "daemon.sock.lock").write_text("not json")
    with pytest.raises(EndpointInUseError, match="a process that did not say its number"):
        EndpointLock(endpoint).acquire()
    first.release()


def test_without_a_place_for_temporary_files_the_remedy_is_in_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr("timmy_actors.system.private_folder.USERS_RUNTIME_FOLDERS", Path("/nowhere"))
    monkeypatch.setattr("tempfile.gettempdir", nowhere)
    with pytest.raises(ConfigError, match=r"No usable temporary directory .* choose another place with --endpoint"):
        resolve_endpoint()

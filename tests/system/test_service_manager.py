from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path

import pytest

from timmy_actors.system import ServiceManager


def listen(address: str | bytes) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(address)
    listener.settimeout(60)
    return listener


def taken(**environment: str) -> ServiceManager:
    manager = ServiceManager.take(environment)
    assert manager is not None
    return manager


def test_without_a_service_manager_there_is_none() -> None:
    assert ServiceManager.take({}) is None
    assert ServiceManager.take({"NOTIFY_SOCKET": "vsock:2:1234"}) is None


def test_its_variables_are_taken_out_of_the_environment() -> None:
    environment = {"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "2500000", "WATCHDOG_PID": str(os.getpid()), "HOME": "/"}
    manager = ServiceManager.take(environment)
    assert manager is not None
    manager.close()
    assert (manager.watchdog_s, environment) == (2.5, {"HOME": "/"})


@pytest.mark.parametrize(
    "watchdog", [{"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "x"}, {"WATCHDOG_USEC": "5", "WATCHDOG_PID": "1"}]
)
def test_a_watchdog_that_is_off_or_of_another_process_is_none(watchdog: dict[str, str]) -> None:
    manager = taken(NOTIFY_SOCKET="/run/x", **watchdog)
    manager.close()
    assert manager.watchdog_s is None


@pytest.mark.parametrize("kind", ["file", "abstract"])
def test_a_message_arrives_over_a_file_and_an_abstract_socket(kind: str, runtime_folder: Path) -> None:
    name = str(runtime_folder / "n") if kind == "file" else "@" + secrets.token_hex(8)
    with listen(name.replace("@", "\0")) as listener:
        manager = taken(NOTIFY_SOCKET=name)
        assert manager.send(READY=1, STATUS="two\nlines\x07")
        manager.close()
        assert listener.recv(4096) == b"READY=1\nSTATUS=two lines "


def test_a_manager_that_binds_its_socket_again_still_receives(runtime_folder: Path) -> None:
    path = runtime_folder / "n"
    manager = taken(NOTIFY_SOCKET=str(path))
    assert not manager.send(READY=1)
    for _ in range(2):
        with listen(str(path)) as listener:
            assert manager.send(WATCHDOG=1)
            assert listener.recv(4096) == b"WATCHDOG=1"
        path.unlink()
    manager.close()


def test_a_manager_that_does_not_read_never_blocks(runtime_folder: Path) -> None:
    with listen(str(runtime_folder / "n")):
        manager = taken(NOTIFY_SOCKET=str(runtime_folder / "n"))
        assert False in [manager.send(STATUS="x" * 2_000) for _ in range(5_000)]
        manager.close()

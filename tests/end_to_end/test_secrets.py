"""The token stands in its file, and nowhere else: not in what is printed, answered, written, or shown by the system."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.daemon import DaemonProcess
from tests.link.lua_listener import TOKEN, LuaListener
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import RefusedError, TimmyError, connect
from timmy_actors.system import config_folder


def configured(folder: Path, text: str) -> list[str]:
    file = folder / "timmy.toml"
    shutil.copy(config_folder() / "portals.json", folder)
    file.write_text('log_level = "debug"\n' + text)
    return ["--config", str(file)]


def all_files(folder: Path, secret_file: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of the daemon's, but the one that is to hold the token; and what any user can see of its process."""
    for file in folder.rglob("*"):
        if file.is_file() and file != secret_file:
            yield str(file), file.read_bytes()


def shown_by_the_system(*pids: int) -> Iterator[tuple[str, bytes]]:
    for pid in pids:
        for fact in ("cmdline", "environ"):
            yield f"{fact} of {pid}", Path(f"/proc/{pid}/{fact}").read_bytes()


def assert_nowhere(token: str, *places: tuple[str, bytes]) -> None:
    assert len(token) >= 16
    places_with_token = [name for name, content in places if token.encode() in content]
    assert not places_with_token, f"the token stands in {places_with_token}"


def test_the_token_of_a_daemon_that_saw_trouble_stands_in_its_file_and_nowhere_else(runtime_folder: Path) -> None:
    with DaemonProcess(runtime_folder, *configured(runtime_folder, "")) as process, process.connect() as daemon:
        health = daemon.status()
        assert health.world is not None
        assert health.world.token_file is not None
        secret_file = Path(health.world.token_file)
        token = secret_file.read_text().strip()
        with pytest.raises(RefusedError):
            daemon.command("give_item", item="gold_001", count=0)
        os.kill(process.world_pid(health), signal.SIGKILL)
        eventually(lambda: daemon.status().link.epoch > health.link.epoch and not daemon.snapshot().stale)
        answers = [daemon.status().model_dump_json().encode(), daemon.snapshot().model_dump_json().encode()]
        pids = (process.process.pid, process.world_pid(daemon.status()))
        seen = [*shown_by_the_system(*pids), *((f"answer {n}", answer) for n, answer in enumerate(answers))]
        process.process.send_signal(signal.SIGTERM)
        process.process.wait(PATIENCE_S)
        assert_nowhere(token, *seen, *all_files(runtime_folder, secret_file))


def test_a_token_that_is_refused_is_not_told(runtime_folder: Path) -> None:
    listener = LuaListener()
    secret_file = runtime_folder / "token"
    wrong = TOKEN + "-which-is-wrong"
    secret_file.touch(mode=0o600)
    secret_file.write_text(wrong)
    settings = f"""
        [world]
        embedded = false
        [link]
        address = "tcp://127.0.0.1:{listener.port}"
        token_file = "{secret_file}"
    """
    try:
        with DaemonProcess(runtime_folder, *configured(runtime_folder, settings)) as process:
            eventually(lambda: "refused the token" in status_text(process), 30)
            seen = [("status", status_text(process).encode()), *shown_by_the_system(process.process.pid)]
            assert_nowhere(wrong, *seen, *all_files(runtime_folder, secret_file))
            assert_nowhere(wrong, ("listener's log", "".join(listener.log).encode()))
    finally:
        listener.kill()


def status_text(process: DaemonProcess) -> str:
    try:
        with connect(process.endpoint) as daemon:
            return daemon.status().model_dump_json()
    except TimmyError:
        return ""

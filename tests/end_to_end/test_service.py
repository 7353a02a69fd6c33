"""A daemon under a service manager: what it reports, its reload, and its restart when an actor is frozen."""

from __future__ import annotations

import re
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.end_to_end.service_manager import ServiceManagerStandIn
from tests.peer import Peer
from tests.waiting import eventually
from timmy_actors import connect
from timmy_actors.system import config_folder

FROZEN = """
import itertools, pathlib, sys, threading
from timmy_actors.cli import main
from timmy_actors.daemon.health import HealthActor

first = pathlib.Path({first!r})
if not first.exists():
    first.touch()
    publish, calls = HealthActor._publish, itertools.count()
    def freeze(self):
        if next(calls) == 5:
            threading.Event().wait()
        publish(self)
    HealthActor._publish = freeze
main(["run", "--config", {configuration!r}])
"""


def configure(file: Path, peer: Peer, *, rate_hz: float = 5.0, more: str = "") -> None:
    file.write_text(
        f'{more}\nportals_file = "{config_folder() / "portals.json"}"\n[world]\nembedded = false\n'
        f'[link]\naddress = "{peer.address}"\nmechanism = "null"\n[perception]\nrate_hz = {rate_hz}\n'
    )


def test_a_service_reports_its_state_and_reloads_only_what_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "timmy.toml"
    command = [sys.executable, "-m", "timmy_actors", "run", "--config", str(file)]
    with Peer() as peer, Peer(boot="boot-2") as other:
        configure(file, peer)
        with ServiceManagerStandIn(tmp_path, command, watchdog_s=60.0) as manager:
            manager.wait_for("READY")
            eventually(lambda: "ok" in manager.received(1, "STATUS"))
            with connect() as daemon:
                before = daemon.status()

                configure(file, peer, rate_hz=2.0)
                _reload(manager, ready=2)
                assert peer.wait_for(lambda message: message.get("rate_hz") == 2.0)["type"] == "subscribe"
                assert daemon.status().link.epoch == before.link.epoch

                file.write_text("playr = 5\n")
                _reload(manager, ready=3)
                assert f"{file}, line 1: playr: no such key" in manager.log.read_text()
                assert daemon.status().link.epoch == before.link.epoch

                configure(file, other, rate_hz=2.0, more='player = "Jiub"')
                _reload(manager, ready=4)
                eventually(lambda: daemon.status().link.boot == "boot-2" and daemon.status().link.state == "up")
                assert "player keeps its old value: restart the daemon to apply it" in manager.log.read_text()
                assert daemon.snapshot().player == "Timmy"
                restarts = {actor.name: actor.restarts for actor in daemon.status().actors}
                assert (restarts["gateway"], restarts["portal"], daemon.status().pid) == (0, 0, manager.process.pid)
            manager.process.send_signal(signal.SIGTERM)
            manager.wait_for("STOPPING")
            assert manager.process.wait(60) == 0


def _reload(manager: ServiceManagerStandIn, *, ready: int) -> None:
    before_us = time.monotonic_ns() // 1_000
    manager.process.send_signal(signal.SIGHUP)
    manager.wait_for("READY", count=ready)
    assert int(manager.received(1, "MONOTONIC_USEC")[-1]) >= before_us
    assert len(manager.received(1, "RELOADING")) == ready - 1


@pytest.mark.timing
def test_a_stand_in_for_the_manager_restarts_a_daemon_with_a_frozen_actor(tmp_path: Path) -> None:
    file = tmp_path / "timmy.toml"
    program = FROZEN.format(first=str(tmp_path / "frozen"), configuration=str(file))
    with Peer() as peer:
        configure(file, peer)
        with ServiceManagerStandIn(tmp_path, [sys.executable, "-c", program], watchdog_s=3.0) as manager:
            eventually(lambda: manager.starts > 1)
            manager.wait_for("READY", start=2)
            eventually(lambda: manager.received(manager.starts, "WATCHDOG"))
            output = manager.log.read_text()
    assert re.search("the service manager will restart this daemon: no answer from .*health", output)
    assert "in freeze" in output  # SIGABRT had every thread's stack written

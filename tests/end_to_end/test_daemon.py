from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.daemon import COME_UP_WITHIN_S, DaemonProcess, is_running
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import Daemon, PerceptionOutput, RefusedError
from timmy_actors.protocol import Pushed

BALMORA = (-23894, -15079)
HEARTBEAT_S = 1.0


@pytest.fixture
def process(runtime_folder: Path) -> Iterator[DaemonProcess]:
    with DaemonProcess(runtime_folder) as running:
        yield running


@pytest.fixture
def daemon(process: DaemonProcess) -> Iterator[Daemon]:
    with process.connect() as connected:
        yield connected


@pytest.fixture(scope="module")
def shared_process() -> Iterator[DaemonProcess]:
    """For the tests that leave the daemon as it was."""
    with tempfile.TemporaryDirectory(prefix="ta-") as folder, DaemonProcess(Path(folder)) as running:
        yield running


@pytest.fixture(scope="module")
def shared(shared_process: DaemonProcess) -> Iterator[Daemon]:
    with shared_process.connect() as connected:
        yield connected


def test_the_foreground_tells_how_it_comes_up_and_where_timmy_stands(process: DaemonProcess) -> None:
    eventually(lambda: "look further" in process.said(), COME_UP_WITHIN_S)
    lines = process.said().splitlines()
    assert [line.split(" ", 2)[2].split("  ")[0] for line in lines[:4]] == ["world up", "link up", "portal", "snapshot"]
    assert "Timmy stands in Seyda Neen (cell -2, -9)" in lines[3]


def test_a_teleport_shows_in_the_next_snapshot(daemon: Daemon) -> None:
    assert daemon.snapshot("Timmy").position.cell == "-2, -9"  # type: ignore[union-attr]
    value = daemon.command("teleport", player="Timmy", to="Balmora").value
    assert value is not None
    assert value["cell"] == "-3, -2"

    def arrived() -> PerceptionOutput | None:
        snapshot = daemon.snapshot("Timmy")
        position = snapshot.position
        assert position is not None
        near = all(abs(mine - theirs) < 64 for mine, theirs in zip((position.x, position.y), BALMORA, strict=True))
        return snapshot if position.cell == "-3, -2" and near else None

    assert eventually(arrived).position.place == "Balmora"  # type: ignore[union-attr]


def test_items_given_and_taken_are_counted(shared: Daemon) -> None:
    def gold() -> int:
        inventory = shared.snapshot().inventory
        assert inventory is not None
        return sum(item.count for item in inventory.items if item.ref_id == "gold_001")

    before = gold()
    received = shared.command("give_item", item="gold_001", count=250).value
    assert received is not None
    assert received["total"] == before + 250
    eventually(lambda: gold() == before + 250)
    taken = shared.command("take_item", item="gold_001", count=50).value
    assert taken is not None
    assert taken["total"] == before + 200
    eventually(lambda: gold() == before + 200)


def test_a_question_is_answered_when_the_player_has_made_up_its_mind(shared: Daemon) -> None:
    asked = shared.command("ask", text="Are you the Nerevarine?", buttons=["Yes", "No"], timeout_s=30)
    assert asked.value == {"index": 0, "choice": "Yes"}


@pytest.mark.parametrize(
    ("name", "arguments", "code", "field"),
    [
        ("teleport", {"to": "Nowhere"}, "no_such_place", "to"),
        ("teleport", {"player": "Nobody", "to": "Balmora"}, "no_such_player", "player"),
        ("give_item", {"item": "gold_001", "count": 0}, "bad_arguments", "count"),
        ("give_item", {"item": "gold_001", "number": 1}, "bad_arguments", "number"),
        ("take_item", {"item": "moon_sugar", "count": 999}, "no_such_target", "item"),
        ("jail", {"days": 3}, "bad_arguments", "player"),
        ("console", {"text": "tgm"}, "not_permitted", "name"),
        ("fly", {}, "unknown_command", "name"),
        ("swim", {}, "needs_client_input", "name"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_field_and_changes_nothing(
    shared: Daemon, name: str, arguments: dict[str, Any], code: str, field: str | None
) -> None:
    before = shared.snapshot()
    with pytest.raises(RefusedError) as refused:
        shared.command(name, **arguments)
    assert (refused.value.code, refused.value.field) == (code, field)
    after = shared.snapshot()
    assert after.position is not None
    assert before.position is not None
    assert after.position.cell == before.position.cell
    assert after.inventory == before.inventory


def test_a_killed_world_comes_back_and_the_snapshot_was_readable_all_the_while(
    process: DaemonProcess, daemon: Daemon
) -> None:
    health = daemon.status()
    os.kill(process.world_pid(health), signal.SIGKILL)
    eventually(lambda: daemon.snapshot().stale_reason)
    eventually(lambda: not daemon.snapshot().stale, COME_UP_WITHIN_S)
    eventually(lambda: daemon.status().verdict == "ok")
    after = daemon.status()
    world = next(actor for actor in after.actors if actor.name == "world")
    assert world.restarts == 1
    assert "SIGKILL" in (world.last_reason or "")
    assert after.link.boot != health.link.boot
    assert after.pid == health.pid


def seen_silent(daemon: Daemon) -> datetime | None:
    """Since when the link is down because of the server's silence, by the daemon's clock."""
    link = daemon.status().link
    return link.since if link.state != "up" and "silent" in (link.reason or "") else None


def test_a_frozen_world_is_a_link_that_is_down_and_no_reason_to_restart_the_world(
    process: DaemonProcess, daemon: Daemon
) -> None:
    health = daemon.status()
    pid = process.world_pid(health)
    frozen_at = datetime.now(UTC)
    os.kill(pid, signal.SIGSTOP)
    down_since = eventually(lambda: seen_silent(daemon))
    assert down_since is not None
    assert down_since - frozen_at <= 3.5 * timedelta(seconds=HEARTBEAT_S)
    assert daemon.status().verdict == "down"
    assert daemon.snapshot().stale
    with pytest.raises(RefusedError) as refused:
        daemon.command("message", text="is anybody there?", timeout_s=0.5)
    assert refused.value.code == "unavailable"
    os.kill(pid, signal.SIGCONT)
    eventually(lambda: not daemon.snapshot().stale, COME_UP_WITHIN_S)
    after = daemon.status()
    assert after.link.boot == health.link.boot
    assert next(actor for actor in after.actors if actor.name == "world").restarts == 0


@pytest.mark.parametrize("frozen", [False, True])
def test_a_killed_daemon_leaves_no_child_and_the_next_one_starts(
    runtime_folder: Path,
    frozen: bool,
) -> None:
    with DaemonProcess(runtime_folder) as first, first.connect() as daemon:
        world = first.world_pid(daemon.status())
        if frozen:
            os.kill(world, signal.SIGSTOP)
        first.process.kill()
        first.process.wait()
        eventually(lambda: not is_running(world))
    with DaemonProcess(runtime_folder) as second, second.connect() as daemon:
        assert daemon.status().pid == second.process.pid


def test_ctrl_c_stops_everything_in_order(process: DaemonProcess, daemon: Daemon) -> None:
    world = process.world_pid(daemon.status())
    process.process.send_signal(signal.SIGINT)
    assert process.process.wait(PATIENCE_S) == 0
    assert not is_running(world)
    assert process.said().rstrip().endswith("stopped")
    assert "Traceback" not in process.said()


def test_a_second_daemon_on_the_endpoint_refuses_and_names_the_first(
    shared_process: DaemonProcess, shared: Daemon
) -> None:
    command = [sys.executable, "-m", "timmy_actors", "run", "--endpoint", shared_process.endpoint]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 69
    assert f"process {shared_process.process.pid}" in second.stderr
    assert shared.status().pid == shared_process.process.pid


def test_the_script_of_the_protocol_document_says_hello_looks_and_acts(shared: Daemon, tmp_path: Path) -> None:
    document = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
    script = tmp_path / "script.py"
    script.write_text(document.split("```python\n")[1].split("```")[0])
    world = shared.status().world
    assert world is not None
    arguments = [sys.executable, str(script), str(world.port), str(world.token_file)]
    said = subprocess.run(arguments, capture_output=True, text=True, timeout=30, check=True).stdout
    assert "teleport" in said
    assert '"cell": "-2, -9"' in said
    assert "'value': {'text': 'Hello!'}" in said


def test_watching_shows_snapshots_and_events_as_they_come(shared: Daemon) -> None:
    pushes = shared.watch("Timmy")
    seen: list[Pushed] = []
    watching = threading.Thread(target=lambda: seen.extend(until_in_caldera(pushes)), daemon=True)
    watching.start()
    assert shared.command("teleport", to="Caldera").value is not None
    watching.join(PATIENCE_S)
    assert not watching.is_alive(), "Caldera was never pushed"
    position = next(snapshot.position for pushed in reversed(seen) if (snapshot := pushed.snapshot) is not None)
    (moved,) = [event for pushed in seen if (event := pushed.event) is not None and event.event == "cell_change"]
    assert position is not None
    assert (moved.player, moved.data["cell"]) == ("Timmy", position.cell)
    assert moved.data["previous_cell"] != position.cell


def until_in_caldera(pushes: Iterator[Pushed]) -> Iterator[Pushed]:
    """What is pushed until both the event and the snapshot have come."""
    missing = {"event", "snapshot"}
    while missing:
        pushed = next(pushes)
        if pushed.event is not None and pushed.event.event == "cell_change":
            missing.discard("event")
        if pushed.snapshot and pushed.snapshot.position and pushed.snapshot.position.place == "Caldera":
            missing.discard("snapshot")
        yield pushed
    pushes.close()  # type: ignore[attr-defined]

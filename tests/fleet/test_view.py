from __future__ import annotations

import json
import resource
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner

from tests.fleet.daemons import answering
from tests.peer import Peer
from tests.runtimes import fresh, running
from tests.serving.test_remote import serving
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import Refused, Runtime, connect_all
from timmy_actors.cli.root import cli
from timmy_actors.errors import ConfigError
from timmy_actors.fleet import Endpoint, Fleet, FleetRow, FleetStatus, read_endpoints
from timmy_actors.protocol import Health
from timmy_actors.system import generate_keys, write_keys

QUICK_S = 0.3


@pytest.fixture
def fleet(runtime: Runtime, peer: Peer, runtime_folder: Path) -> Iterator[Fleet]:
    """A view of two daemons in this process, and of one that does not run."""
    south, west = (f"ipc://{runtime_folder}/{name}.sock" for name in ("south", "west"))
    with running(peer.address, endpoint=south) as other:
        fresh(other)
        eventually(lambda: {each.status().verdict for each in (runtime, other)} == {"ok"})  # all actors have started
        with connect_all({"north": runtime.endpoint, "south": south, "west": west}, timeout_s=PATIENCE_S) as fleet:
            yield fleet


def file_of(fleet: Fleet, folder: Path) -> str:
    file = folder / "fleet"
    file.write_text("".join(f"{row.name} {row.endpoint}\n" for row in fleet.status().rows))
    return str(file)


def rows(fleet: Fleet) -> dict[str, FleetRow[Health]]:
    return {row.name: row for row in fleet.status().rows}


def test_health_and_snapshots_are_merged_and_a_lost_daemon_is_a_row_with_its_reason(fleet: Fleet) -> None:
    seen = fleet.status()
    north, south, west = seen.rows
    assert north.value is not None
    assert south.value is not None
    assert (north.value.endpoint, south.value.endpoint) == (north.endpoint, south.endpoint)
    assert (west.value, seen.lost, seen.verdict) == (None, 1, "degraded")
    assert "no daemon at" in west.reason
    assert f"west: {west.reason}" in seen.reasons
    players = [row.value.player if row.value else row.reason for row in fleet.snapshot()]
    assert players == ["Timmy", "Timmy", west.reason]
    missing = fleet.snapshot("Nobody")
    assert [row.value for row in missing] == [None] * 3
    assert "Nobody" in missing[0].reason


def test_commands_go_to_the_world_that_is_named(fleet: Fleet) -> None:
    with fleet.world("south") as south:
        assert south.command("message", text="x").value == {"echo": "message"}
        assert south.status().endpoint.endswith("south.sock")
    with pytest.raises(Refused, match="no world is called 'east'; there are: north, south, west"):
        fleet.world("east")


def test_a_daemon_that_ends_is_lost_and_is_seen_again_when_it_is_back(
    fleet: Fleet, peer: Peer, runtime: Runtime
) -> None:
    west = fleet.status().rows[2].endpoint
    for _ in range(2):
        with ExitStack() as stack:
            stack.enter_context(running(peer.address, endpoint=west))
            eventually(lambda: rows(fleet)["west"].value)
        lost = rows(fleet)["west"]
        assert lost.value is None
        assert rows(fleet)["north"].value is not None


def test_a_frozen_daemon_and_one_of_another_version_are_rows_beside_the_others(
    runtime: Runtime, runtime_folder: Path
) -> None:
    health = runtime.status().model_copy(update={"version": "0.0.9"})

    def older(request: dict[str, str]) -> bytes:
        return json.dumps({"id": request["id"], "status": health.model_dump(mode="json", by_alias=True)}).encode()

    def other(request: dict[str, str]) -> bytes:
        return json.dumps({"id": request["id"], "status": {"verdict": "splendid"}}).encode()

    with (
        answering(runtime_folder, "frozen", lambda _: None) as frozen,
        answering(runtime_folder, "older", older) as old,
        answering(runtime_folder, "other", other) as strange,
        connect_all(
            {"frozen": frozen, "old": old, "strange": strange, "ok": runtime.endpoint}, timeout_s=QUICK_S
        ) as it,
    ):

        def look() -> dict[str, FleetRow[Health]] | None:
            seen = rows(it)
            answered = seen["ok"].value and seen["old"].value and "invalid" in seen["strange"].reason
            return seen if answered else None  # a busy machine may take more than 0.3 s

        seen = eventually(look)
        assert seen is not None
        assert "did not answer within 0.3 s" in seen["frozen"].reason
        assert "check that the daemon has this client's version" in seen["strange"].reason
        assert FleetStatus((seen["old"],)).reasons[-1].startswith("old: runs version 0.0.9")


@contextmanager
def open_files(more: int) -> Iterator[None]:
    """Let this process open so many more files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (sum(1 for _ in Path("/dev/fd").iterdir()) + more, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_daemons_for_which_there_are_too_few_files_are_rows(runtime: Runtime) -> None:
    endpoints = {f"world-{number}": runtime.endpoint for number in range(20)}
    with connect_all(endpoints, timeout_s=PATIENCE_S) as fleet:
        with open_files(80):
            seen = fleet.status()
        reasons = [row.reason for row in seen.rows if row.value is None]
        assert 10 < len(reasons) < 20
        assert all("files open, too few for so many daemons" in reason for reason in reasons)
        assert fleet.status().lost == 0


def test_daemons_on_other_machines_are_seen_with_keys_and_by_dns(tmp_path: Path, peer: Peer) -> None:
    with serving(tmp_path, peer) as remote:
        write_keys(remote.laptop, tmp_path / "laptop.key")
        port = remote.address.rpartition(":")[2]
        file = tmp_path / "fleet"
        file.write_text(
            f"# the servers\n\nhost {remote.address} laptop.key\n"
            f"pool dns://localhost:{port} laptop.key\nnowhere dns://no-such-host.invalid:{port} laptop.key\n"
        )
        with connect_all(file, timeout_s=PATIENCE_S) as fleet:
            seen = rows(fleet)
            assert seen["host"].value is not None
            assert seen["pool@127.0.0.1"].value is not None
            assert "no address for dns://no-such-host.invalid" in seen["nowhere"].reason
            with fleet.world("pool@127.0.0.1") as world:
                assert world.status().pid == remote.runtime.status().pid


def test_dns_that_does_not_answer_delays_no_other_world(
    fleet: Fleet, tmp_path: Path, remote_keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answers = threading.Event()

    def silent(host: str, *_: object, **__: object) -> NoReturn:
        asked.append(host)
        answers.wait()
        raise OSError(2, "no such name")

    file = tmp_path / "many"
    lines = [f"pool{number} dns://worlds{number}.example:7981 {remote_keys}" for number in range(10)]
    file.write_text("\n".join([*lines, f"north {fleet.status().rows[0].endpoint}"]))
    monkeypatch.setattr("timmy_actors.fleet.endpoints.sockets.getaddrinfo", silent)
    with connect_all(file, timeout_s=QUICK_S) as it:
        try:
            assert eventually(lambda: rows(it)["north"].value)
            assert rows(it)["pool9"].reason.endswith("DNS did not answer within 0.3 s")
            assert len(asked) == len(lines)  # one lookup at a time of a name, however often it is looked at
        finally:
            answers.set()
        eventually(lambda: "no such name" in rows(it)["pool9"].reason)


def test_more_addresses_than_a_view_has_worlds_and_a_name_that_none_can_have_are_rows(
    tmp_path: Path, remote_keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def many(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", (f"192.0.{number // 256}.{number % 256}", 0)) for number in range(1001)]

    long = Endpoint(f"dns://{'a' * 70}.example:7981", remote_keys)
    with connect_all({"long": long}, timeout_s=PATIENCE_S) as it:
        assert "check the name" in rows(it)["long"].reason
    monkeypatch.setattr("timmy_actors.fleet.endpoints.sockets.getaddrinfo", many)
    with connect_all({"pool": Endpoint("dns://worlds.example:7981", remote_keys)}, timeout_s=PATIENCE_S) as it:
        assert "at most 1000 worlds" in rows(it)["pool"].reason


@pytest.fixture
def remote_keys(tmp_path: Path) -> Path:
    """A file with keys."""
    write_keys(generate_keys("any", generate_keys("server").public), tmp_path / "any.key")
    return tmp_path / "any.key"


def test_the_file_that_the_environment_names_is_read(
    fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIMMY_FLEET", file_of(fleet, tmp_path))
    assert list(read_endpoints()) == ["north", "south", "west"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("north ipc:///run/a.sock\n\nnorth ipc:///run/b.sock\n", "line 3: the name 'north' is that of line 1 too"),
        ("# comment\nnorth\n", "line 2: has 1 words"),
        ("north ipc:///run/a.sock keys more", "line 1: has 4 words"),
        ("no/rth ipc:///run/a.sock", "line 1: the name 'no/rth' must have"),
        ("north http://example.org", "line 1: endpoint 'http://example.org': must be ipc://"),
        ("north tcp://example.org:99999", "line 1: .*the port from 1 to"),
        ("north tcp://example.org:7981", "line 1: .*TCP is encrypted only"),
        ("north dns://example.org:7981", "line 1: .*TCP is encrypted only"),
        ("north tcp://example.org:7981 missing.key", "line 1: .*missing.key: cannot read the keys"),
        ("# nothing\n", "has 0 worlds"),
        ("".join(f"w{number} ipc:///run/{number}.sock\n" for number in range(1001)), "has 1001 worlds"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(text: str, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "fleet"
    file.write_text(text)
    with pytest.raises(ConfigError, match=reason):
        read_endpoints(file)


def test_without_a_file_the_error_says_how_to_name_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIMMY_FLEET", raising=False)
    with pytest.raises(ConfigError, match="--fleet or TIMMY_FLEET"):
        connect_all()
    with pytest.raises(ConfigError, match="cannot read the endpoints"):
        connect_all(tmp_path / "missing")
    with pytest.raises(ConfigError, match="the name '' must have"):
        connect_all({"": "ipc:///run/a.sock"})
    with pytest.raises(ConfigError, match="must be ipc://PATH"):
        Endpoint("")


def test_the_commands_show_all_daemons_and_route_to_one(fleet: Fleet, tmp_path: Path) -> None:
    option = ["--fleet", file_of(fleet, tmp_path)]
    run = CliRunner().invoke
    patient = [*option, "--timeout", "60"]
    status = run(cli, ["fleet", "status", "--check", *patient])
    assert status.exit_code == 1, "one daemon is lost"
    first, *others = status.output.splitlines()
    assert first == "degraded: 2 of 3 daemons answer"
    assert [line.split()[:2] for line in others[:3]] == [["north", "ok"], ["south", "ok"], ["west", "lost"]]
    shown = json.loads(run(cli, ["fleet", "status", "--json", *patient]).output)
    assert (shown["lost"], [row["name"] for row in shown["rows"]]) == (1, ["north", "south", "west"])
    north, _, west = run(cli, ["fleet", "snapshot", *patient]).output.splitlines()
    assert north.startswith("north: Timmy stands in")
    assert west.startswith("west: no daemon at")
    assert json.loads(run(cli, ["fleet", "snapshot", "--json", *patient]).output)[2]["value"] is None
    done = run(cli, ["fleet", "do", "south", "message", "text=x", *option])
    assert done.output == "message: done (echo message)\n"
    assert isinstance(run(cli, ["fleet", "do", "west", "message", "text=x", *option]).exception, Exception)

"""The actor on real UDP sockets, against the stand-in server, also through a lossy proxy."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.stand_in.game import SPAWN, SPAWN_PLACE
from benchmarks.stand_in.server import COMMIT, StandInServer
from tests.player_client.lossy_proxy import LossyProxy
from tests.waiting import PATIENCE_S, eventually
from timmy_actors.errors import ConfigError, PlayerLinkLostError, RefusedError
from timmy_actors.player_client import (
    ENDINGS,
    Login,
    PlayerAct,
    PlayerClientActor,
    PlayerClientOptions,
    actor,
    read_commit,
    read_plugins,
    read_secret,
)
from timmy_actors.player_client.endings import EndCode
from timmy_actors.player_client.raknet import connection as link
from timmy_actors.player_client.raknet.offline import Address, OfflineId
from timmy_actors.protocol import PerceptionOutput, PlayerClientStatus
from timmy_actors.supervision import Backoff, ChildSpec, Directory, Root, SharedValue, Supervisor

TIMMY = Login("Timmy", "a password", COMMIT)


@dataclass
class Running:
    """A supervised actor."""

    directory: Directory
    status: SharedValue[PlayerClientStatus | None]
    perception: SharedValue[PerceptionOutput | None]

    def wait_for(self, state: str) -> PlayerClientStatus:
        """Wait for a state."""
        assert self.status.wait_for(lambda status: status is not None and status.state == state, PATIENCE_S), (
            self.status.value
        )
        status = self.status.value
        assert status is not None
        return status

    def act(self, name: str, **params: Any) -> Any:
        """Do an act, and wait for its answer."""
        return self.directory.ask("player_client", PlayerAct(name, params), timeout_s=PATIENCE_S).wait()


@contextmanager
def running(server: Address, login: Login = TIMMY, **options: Any) -> Iterator[Running]:
    """Run the actor under a supervisor."""
    directory, epochs = Directory(), itertools.count(1)
    run = Running(directory, SharedValue(None), SharedValue(None))
    settings = PlayerClientOptions(
        host=server[0],
        port=server[1],
        name=login.name,
        login=lambda: login,
        resolve=lambda host, on_resolved: on_resolved(None if host == "nowhere" else "127.0.0.1"),
        **options,
    )
    spec = ChildSpec(
        "player_client",
        lambda: PlayerClientActor(settings, epochs=epochs, status=run.status, perception=run.perception),
        expected=(PlayerLinkLostError,),
        backoff=Backoff(base_s=0.01, cap_s=0.02),
    )
    root = Root(Supervisor([spec], directory))
    root.launch()
    try:
        yield run
    finally:
        root.stop(PATIENCE_S)


def test_a_player_logs_in_acts_is_perceived_and_leaves() -> None:
    with StandInServer() as server:
        with running(server.address) as timmy, running(server.address, replace(TIMMY, name="Jiub")) as jiub:
            status = timmy.wait_for("in_world")
            assert (status.code, status.reason, status.epoch) == (None, None, 1)
            jiub.wait_for("in_world")
            x, y, z = SPAWN_PLACE[:3]
            walked = jiub.act("move", points=[(x + 30, y, z)], pace="run")
            assert walked.value["ended_by"] == "arrival"
            jiub.act("say", text="hello")
            seen = timmy.perception.wait_for(
                lambda snapshot: (
                    snapshot is not None
                    and snapshot.chat is not None
                    and snapshot.chat.lines
                    and snapshot.nearby_players is not None
                    and [(player.name, player.x) for player in snapshot.nearby_players.players] == [("Jiub", x + 30)]
                ),
                PATIENCE_S,
            )
            assert seen, timmy.perception.value
            snapshot = timmy.perception.value
            assert snapshot is not None
            assert snapshot.chat is not None
            assert snapshot.chat.lines[-1].text in ("Jiub (0): hello", "Jiub (1): hello")
            assert snapshot.position is not None
            assert snapshot.position.cell == SPAWN.description
            assert set(snapshot.sources.values()) == {"client"}
            assert snapshot.world is not None
            assert (snapshot.world.month, snapshot.world.year) == (7, 427)
        eventually(lambda: not server.game.guests)
        stale = timmy.perception.value
        assert stale is not None
        assert stale.stale


def test_a_login_comes_through_a_bad_network() -> None:
    with (
        StandInServer() as server,
        LossyProxy(server.address, loss=0.2, duplicates=0.2, delay_s=0.02, seed=3) as proxy,
        running(proxy.address) as timmy,
    ):
        timmy.wait_for("in_world")
        for number in range(10):
            timmy.act("say", text=f"line {number}")
        seen = timmy.perception.wait_for(
            lambda snapshot: (
                snapshot is not None
                and snapshot.chat is not None
                and [line.text for line in snapshot.chat.lines] == [f"Timmy (0): line {number}" for number in range(10)]
            ),
            PATIENCE_S,
        )
        assert seen, timmy.perception.value
        assert proxy.lost > 0


def test_a_server_that_comes_later_is_found_and_a_kick_is_not_answered_with_hammering() -> None:
    with StandInServer() as server:
        server.network.silent = True
        with running(server.address) as timmy:
            timmy.wait_for("connecting")
            with server.paused():
                server.network.silent = False
            timmy.wait_for("in_world")
            with server.paused() as now:
                server.network.throw_out(next(iter(server.game.guests)), now)
            assert timmy.wait_for("waiting").code == "kicked"
            with pytest.raises(RefusedError, match="the next try is in 60 s"):
                timmy.act("say", text="hello")


def test_a_name_that_cannot_be_resolved_is_tried_again() -> None:
    with running(("nowhere", 25565)) as timmy:
        status = timmy.wait_for("down")
        assert status.reason is not None
        assert "cannot be resolved: check player_client.server" in status.reason


def test_a_full_server_is_not_hammered() -> None:
    with StandInServer() as server:
        server.network.most = 0
        with running(server.address) as timmy:
            status = timmy.wait_for("waiting")
            assert status.code == "server_full"
            assert "the next try is in 60 s" in (status.reason or "")


def test_the_own_player_that_was_cut_off_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "DEAD_AFTER_S", 3.0)
    with StandInServer() as server, running(server.address) as first:
        first.wait_for("in_world")
        with running(server.address) as second:
            status = second.wait_for("waiting")
            assert status.code == "kicked_while_connecting"
            pause = re.search(r"the next try is in (\d+) s", status.reason or "")
            assert pause
            assert 2 <= int(pause[1]) <= 9  # 12 s after the login began, of which it took 3


def test_a_name_that_stays_in_use_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "DEAD_AFTER_S", 1.0)
    monkeypatch.setattr(actor, "GHOST_PAUSE_S", 0.0)
    monkeypatch.setattr(actor, "SHORTEST_GHOST_PAUSE_S", 0.02)
    with StandInServer() as server, running(server.address) as first:
        first.wait_for("in_world")
        with running(server.address) as second:
            assert second.status.wait_for(
                lambda status: "next try is in 60 s" in ((status and status.reason) or ""), PATIENCE_S
            )


def test_pauses_grow_however_long_ago_the_player_was_in_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actor, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(actor, "STABLE_AFTER_S", 0.0)
    with StandInServer() as server, running(server.address) as timmy:
        timmy.wait_for("in_world")
        with server.paused() as now:
            server.network.most = 0
            server.network.throw_out(next(iter(server.game.guests)), now)
        assert timmy.status.wait_for(
            lambda status: "next try is in 1 s" in ((status and status.reason) or ""), PATIENCE_S
        )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"refuse": OfflineId.BANNED}, "banned"),
        ({"password": b"0.8.110another"}, "other_version"),
        ({"version": 6}, "other_version"),
    ],
)
def test_what_only_a_person_can_correct_is_tried_once(changes: dict[str, Any], code: EndCode) -> None:
    with StandInServer() as server:
        for name, value in changes.items():
            setattr(server.network, name, value)
        with running(server.address) as timmy:
            status = timmy.wait_for("refused")
            assert (status.code, status.reason, status.epoch) == (code, ENDINGS[code].message, 1)


def test_files_that_cannot_be_read_are_a_reason_too() -> None:
    def unreadable() -> Login:
        raise ConfigError("password: others can read the password: chmod 600 password")

    directory = Directory()
    status: SharedValue[PlayerClientStatus | None] = SharedValue(None)
    options = PlayerClientOptions("127.0.0.1", 9, "Timmy", unreadable, lambda host, _packets: None)
    spec = ChildSpec(
        "player_client",
        lambda: PlayerClientActor(options, epochs=itertools.count(1), status=status, perception=SharedValue(None)),
    )
    root = Root(Supervisor([spec], directory))
    root.launch()
    try:
        assert status.wait_for(lambda value: value is not None and value.state == "refused", PATIENCE_S)
        assert status.value is not None
        assert status.value.reason == "password: others can read the password: chmod 600 password"
    finally:
        root.stop(PATIENCE_S)


def secret(path: Path, text: str, mode: int = 0o600) -> Path:
    """A file with some text."""
    path.write_text(text)
    path.chmod(mode)
    return path


def test_the_accounts_files_are_read(tmp_path: Path) -> None:
    assert read_secret(secret(tmp_path / "password", "a password\nnotes\n"), "the password") == "a password"
    files = secret(tmp_path / "files", "# load order\nMorrowind.esm 7B6AF5B9\nMy Mod.esp  0xF481F334\n")
    assert read_plugins(files) == (("Morrowind.esm", 0x7B6AF5B9), ("My Mod.esp", 0xF481F334))
    assert read_commit(secret(tmp_path / "version", "0.47.0\n49be5b6405\n")) == "49be5b6405"


@pytest.mark.parametrize(
    ("text", "mode", "error"),
    [
        ("a password", 0o644, "others can read the password: chmod 600"),
        ("\n", 0o600, "must have 1 to 255 bytes"),
        ("x" * 256, 0o600, "must have 1 to 255 bytes"),
    ],
)
def test_a_password_that_others_can_read_is_not_used(tmp_path: Path, text: str, mode: int, error: str) -> None:
    with pytest.raises(ConfigError, match=error):
        read_secret(secret(tmp_path / "password", text, mode), "the password")
    with pytest.raises(ConfigError, match="cannot read the password"):
        read_secret(tmp_path / "none", "the password")


def test_lists_that_cannot_be_read_name_the_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="line 2: must be a file's name and its CRC-32"):
        read_plugins(secret(tmp_path / "files", "Morrowind.esm 7B6AF5B9\nTribunal.esm\n"))
    with pytest.raises(ConfigError, match="at most 255"):
        read_plugins(secret(tmp_path / "files", "A.esp 00000000\n" * 256))
    with pytest.raises(ConfigError, match="its second line must be the commit"):
        read_commit(secret(tmp_path / "version", "0.47.0\n"))

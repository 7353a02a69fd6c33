"""Many players in one thread, on the stand-in server."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from benchmarks.stand_in.server import COMMIT, StandInServer
from tests.waiting import PATIENCE_S, eventually
from timmy_actors.errors import ConfigError
from timmy_actors.player_client import Crowd, CrowdReport, Login
from timmy_actors.player_client.crowd import Behaviour


def logins(count: int) -> list[Login]:
    """Accounts of bots."""
    return [Login(f"Bot {number}", "a password", COMMIT) for number in range(count)]


def play(server: StandInServer, behaviour: Behaviour, until: Callable[[], object]) -> CrowdReport:
    """Let three bots play until something holds."""
    stop = threading.Event()

    def watch() -> None:
        try:
            eventually(until)
        finally:
            stop.set()

    watching = threading.Thread(target=watch)
    watching.start()
    report = Crowd(server.address, logins(3), behaviour).run(PATIENCE_S, stop)
    watching.join()
    return report


def sent(server: StandInServer, packet: str) -> int:
    """How many players have sent a packet of a kind since they came into the world."""
    return sum(guest.in_world and packet in guest.last for guest in list(server.game.guests.values()))


@pytest.mark.parametrize(
    ("behaviour", "packet"),
    [("wander", "PLAYER_ANIM_FLAGS"), ("follow", "PLAYER_ANIM_FLAGS"), ("chat", "CHAT_MESSAGE")],
)
def test_bots_log_in_behave_and_leave(behaviour: Behaviour, packet: str) -> None:
    with StandInServer() as server:
        report = play(server, behaviour, lambda: sent(server, packet) == 3)
        assert (report.players, report.endings, report.malformed) == (3, {}, 0)
        assert report.entered == len(report.login_ms) == 3
        assert len(report.round_trip_ms) == 3
        assert report.login_p50_ms > 0
        assert server.game.malformed == 0


def test_what_a_server_refuses_is_reported() -> None:
    with StandInServer() as server:
        server.network.most = 0
        report = Crowd(server.address, logins(3), "chat").run(PATIENCE_S)
        assert (report.entered, report.endings) == (0, {"server_full": 3})


def test_bots_are_for_this_machine_only() -> None:
    for host in ("192.0.2.1", "0.0.0.0", "::1", "localhost"):
        with pytest.raises(ConfigError, match="on this machine only"):
            Crowd((host, 25565), logins(1), "chat")
    with pytest.raises(ConfigError, match="1 to 200 bots, not 0"):
        Crowd(("127.0.0.1", 25565), [], "chat")

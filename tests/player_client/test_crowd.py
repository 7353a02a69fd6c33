"""Many players in one thread, on the stand-in server."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import pytest

from benchmarks.stand_in.server import COMMIT, StandInServer
from tests.waiting import PATIENCE_S, eventually
from timmy_actors.errors import ConfigError
from timmy_actors.player_client import Crowd, CrowdReport, Login
from timmy_actors.player_client.crowd import Behaviour
from timmy_actors.player_client.crowd_report import Gaps, Spread, spread


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


def test_the_time_until_a_line_comes_back_is_measured() -> None:
    with StandInServer() as server:
        crowd = Crowd(server.address, logins(1), "chat")
        report = crowd.run(PATIENCE_S, cast(threading.Event, _Until(lambda: crowd._chat_s)))
        assert len(report.chat_ms) == 1
        assert any(line.startswith("chat        p50 ") for line in report.lines())


@dataclass(frozen=True)
class _Until:
    """Looks like an event that is set once something holds."""

    holds: Callable[[], object]

    def is_set(self) -> bool:
        return bool(self.holds())


def test_gaps_are_those_between_packets_of_all_players() -> None:
    gaps = Gaps()
    for at in (1.0, 1.001, 1.002, 1.252):
        gaps.packet(at)
    assert spread(gaps.counts) == Spread(1.0, 250.0, 250.0)
    assert spread(Counter()) is None


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
        assert report.succeeded
        assert server.game.malformed == 0


def test_what_a_server_refuses_is_reported() -> None:
    with StandInServer() as server:
        server.network.most = 0
        report = Crowd(server.address, logins(3), "chat").run(PATIENCE_S)
        assert (report.entered, report.endings) == (0, {"server_full": 3})
        assert not report.succeeded
        assert list(report.lines())[-1] == "ended       3 times server_full: the server is full"


def test_bots_are_for_this_machine_only() -> None:
    for host in ("192.0.2.1", "0.0.0.0", "::1", "localhost"):
        with pytest.raises(ConfigError, match="bots_at"):
            Crowd((host, 25565), logins(1), "chat")
    assert Crowd(("192.0.2.1", 25565), logins(1), "chat", confirmed=True).run(0).players == 0
    with pytest.raises(ConfigError, match="1 to 200 bots, not 0"):
        Crowd(("127.0.0.1", 25565), [], "chat")

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import pytest

from tests.peer import FACTS, LOAD, Peer
from tests.runtimes import fresh, link_up, running
from tests.waiting import PATIENCE_S, eventually
from timmy_actors.daemon.health import DEEP_MAILBOX, SLOW_TICK_MS, assess
from timmy_actors.perception import retention
from timmy_actors.protocol import ActorHealth, LinkStatus, PerceptionHealth, TickLoad, WorldStatus
from timmy_actors.protocol.server import ServerFacts

UP = LinkStatus(state="up", address="tcp://here:1")
SUSPECT = UP.model_copy(update={"state": "suspect"})
DOWN = LinkStatus(state="down", address="tcp://here:1", reason="Connection refused")
SEEN, LOST = (
    PerceptionHealth(player="Timmy", age_s=0, stale=False),
    PerceptionHealth(player="Timmy", age_s=9, stale=True),
)


def loaded(worst_ms: float) -> LinkStatus:
    return UP.model_copy(update={"load": TickLoad.model_validate({**LOAD, "tick_max_ms": worst_ms})})


def scoped(*scopes: str) -> LinkStatus:
    return UP.model_copy(update={"server": ServerFacts.model_validate({**FACTS, "scopes": scopes})})


def actor(name: str = "perception", state: str = "up", depth: int = 0, reason: str | None = None) -> ActorHealth:
    return ActorHealth(
        name=name, parent="link", state=state, generation=1, restarts=0, last_reason=reason, mailbox_depth=depth
    )


@pytest.mark.parametrize(
    ("link", "actors", "perceptions", "verdict", "expected"),
    [
        (UP, (actor(),), (SEEN,), "ok", ()),
        (SUSPECT, (), (SEEN,), "degraded", ("the game server has gone silent",)),
        (scoped("observe", "act"), (), (SEEN,), "ok", ()),
        (scoped("observe"), (), (SEEN,), "degraded", ("the daemon's token lacks the scope 'act'",)),
        (scoped("raw"), (), (SEEN,), "degraded", ("the daemon's token lacks the scope 'observe' and 'act'",)),
        (UP, (actor(reason="an old story"),), (SEEN, LOST), "ok", ()),
        (loaded(SLOW_TICK_MS), (), (SEEN,), "ok", ()),
        (loaded(SLOW_TICK_MS + 1), (), (SEEN,), "degraded", ("the server's loop was blocked for 101 ms",)),
        (UP, (actor(state="waiting to restart", reason="bug"),), (SEEN,), "degraded", ("is waiting to restart: bug",)),
        (UP, (actor(state="down"),), (SEEN,), "degraded", ("perception is down: unknown reason",)),
        (UP, (actor(depth=DEEP_MAILBOX),), (SEEN,), "ok", ()),
        (UP, (actor(depth=DEEP_MAILBOX + 1),), (SEEN,), "degraded", ("perception is behind: 1001 messages wait",)),
        (UP, (), (), "degraded", ("no player is perceived",)),
        (UP, (), (LOST,), "degraded", ("no player is perceived",)),
        (DOWN, (), (SEEN,), "down", ("no link to the game at tcp://here:1: Connection refused",)),
        (LinkStatus(state="greeting"), (), (), "down", ("no link to the game at an unknown address: greeting",)),
        (DOWN, (actor(name="connection", state="waiting to restart"),), (), "down", ("no link to the game",)),
        (DOWN, (actor(depth=2_000),), (LOST,), "down", ("no link to the game", "is behind")),
    ],
)
def test_the_verdict_and_its_reasons(
    link: LinkStatus,
    actors: tuple[ActorHealth, ...],
    perceptions: tuple[PerceptionHealth, ...],
    verdict: str,
    expected: tuple[str, ...],
) -> None:
    assessed, reasons = assess(link, actors, perceptions)
    assert assessed == verdict
    assert len(reasons) == len(expected)
    assert all(part in reason for part, reason in zip(expected, reasons, strict=True)), reasons


def test_an_embedded_world_that_restarts_needs_nobody_to_start_a_server() -> None:
    verdict, reasons = assess(DOWN, (), (SEEN,), world=WorldStatus(state="starting"))
    assert (verdict, reasons) == ("down", ("no link to the game: the embedded world is not up; the daemon starts it",))
    _, reasons = assess(DOWN, (), (SEEN,), world=WorldStatus(state="up"))
    assert "Connection refused" in reasons[0]


def test_a_working_daemon_reports_ok() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        eventually(lambda: runtime.status().verdict == "ok")
        health = runtime.status()
        assert (health.reasons, health.endpoint, health.portal) == ((), runtime.endpoint, "morrowind")
        assert [seen.player for seen in health.perceptions] == ["Timmy"]
        assert health.started <= health.timestamp


def test_a_snapshots_age_is_not_measured_by_a_clock_that_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    class SetBack(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) - timedelta(hours=1)

    monkeypatch.setattr(retention, "datetime", SetBack)
    with Peer() as peer, running(peer.address) as runtime:
        known = fresh(runtime)
        eventually(lambda: runtime.status().perceptions)
        (seen,) = runtime.status().perceptions
        assert known.timestamp < datetime.now(UTC) - timedelta(minutes=59)
        assert 0 <= seen.age_s < PATIENCE_S


def test_it_reports_what_was_restarted_and_why() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        epoch = fresh(runtime).epoch
        peer.__exit__()
        eventually(lambda: runtime.status().verdict == "down")
        assert "no link to the game" in runtime.status().reasons[0]
        with Peer(port=peer.port):
            link_up(runtime, after=epoch)
            eventually(lambda: runtime.status().verdict == "ok")
        (connection,) = [actor for actor in runtime.status().actors if actor.name == "connection"]
        assert connection.restarts >= 1
        assert connection.last_reason


def test_it_reports_actors_without_asking_them() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        reference = runtime.directory.ref("portal")
        runtime.directory.tell("no such actor", "x")
        eventually(lambda: runtime.status().dead_letters >= 1)
        eventually(lambda: {actor.name for actor in runtime.status().actors} >= {"link", "connection", "gateway"})
        assert runtime.directory.ref("portal") is reference

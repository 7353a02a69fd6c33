from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import pytest

from tests.peer import FACTS, LOAD, Peer
from tests.runtimes import fresh, link_up, running
from tests.waiting import PATIENCE_S, eventually
from timmy_actors.daemon.health import DEEP_MAILBOX, SLOW_TICK_MS, assess
from timmy_actors.perception import retention
from timmy_actors.protocol import ActorHealth, LinkStatus, PerceptionHealth, TickLoad
from timmy_actors.protocol.message import ServerFacts

UP = LinkStatus(state="up", address="tcp://here:1")
SUSPECT = UP.model_copy(update={"state": "suspect"})
DOWN = LinkStatus(state="down", address="tcp://here:1", reason="nobody listens there")
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
    ("link", "actors", "perceptions", "verdict", "told"),
    [
        (UP, (actor(),), (SEEN,), "ok", ()),
        (SUSPECT, (), (SEEN,), "degraded", ("the game server has gone silent",)),
        (scoped("observe", "act"), (), (SEEN,), "ok", ()),
        (scoped("observe"), (), (SEEN,), "degraded", ("the daemon's token has not the scope act",)),
        (scoped("raw"), (), (SEEN,), "degraded", ("the daemon's token has not the scope observe and act",)),
        (UP, (actor(reason="an old story"),), (SEEN, LOST), "ok", ()),
        (loaded(SLOW_TICK_MS), (), (SEEN,), "ok", ()),
        (loaded(SLOW_TICK_MS + 1), (), (SEEN,), "degraded", ("the server's loop stood still for 101 ms",)),
        (UP, (actor(state="waiting to restart", reason="bug"),), (SEEN,), "degraded", ("is waiting to restart: bug",)),
        (UP, (actor(state="down"),), (SEEN,), "degraded", ("perception is down: no reason known",)),
        (UP, (actor(depth=DEEP_MAILBOX),), (SEEN,), "ok", ()),
        (UP, (actor(depth=DEEP_MAILBOX + 1),), (SEEN,), "degraded", ("perception is behind: 1001 messages wait",)),
        (UP, (), (), "degraded", ("nobody is perceived",)),
        (UP, (), (LOST,), "degraded", ("nobody is perceived",)),
        (DOWN, (), (SEEN,), "down", ("no link to the game at tcp://here:1: nobody listens there",)),
        (LinkStatus(state="greeting"), (), (), "down", ("no link to the game at an address not known yet: greeting",)),
        (DOWN, (actor(name="connection", state="waiting to restart"),), (), "down", ("no link to the game",)),
        (DOWN, (actor(depth=2_000),), (LOST,), "down", ("no link to the game", "is behind")),
    ],
)
def test_the_verdict_and_its_reasons(
    link: LinkStatus,
    actors: tuple[ActorHealth, ...],
    perceptions: tuple[PerceptionHealth, ...],
    verdict: str,
    told: tuple[str, ...],
) -> None:
    found, reasons = assess(link, actors, perceptions)
    assert found == verdict
    assert len(reasons) == len(told)
    assert all(part in reason for part, reason in zip(told, reasons, strict=True)), reasons


def test_a_daemon_that_does_its_work_says_so() -> None:
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


def test_it_tells_what_was_restarted_and_why() -> None:
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


def test_it_is_told_of_actors_it_never_asks() -> None:
    with Peer() as peer, running(peer.address) as runtime:
        fresh(runtime)
        reference = runtime.directory.ref("portal")
        runtime.directory.tell("nobody", "x")
        eventually(lambda: runtime.status().dead_letters >= 1)
        eventually(lambda: {actor.name for actor in runtime.status().actors} >= {"link", "connection", "gateway"})
        assert runtime.directory.ref("portal") is reference

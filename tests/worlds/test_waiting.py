"""Waiting for a condition: the present first, then what happens, and one deadline."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, cast

import pytest

from tests.peer import Peer
from tests.runtimes import link_lost
from tests.waiting import PATIENCE_S, eventually
from tests.worlds.test_player import over
from timmy_actors import RefusedError, Runtime
from timmy_actors.client import aconnect
from timmy_actors.protocol import GameEvent, LinkStatus, PerceptionOutput, Push
from timmy_actors.worlds import CONDITION, AtPlace, ChatFrom, Condition, Happens, Waited, await_until, wait_until
from timmy_actors.worlds.waiting import Waiting, Watchable

GAUGE = {"current": 30, "base": 100}
STATS = {
    "level": 1, "health": GAUGE, "magicka": GAUGE, "fatigue": GAUGE, "attributes": {}, "skills": {},
    "race": "dark elf", "gender": "male", "class": "agent", "birthsign": "",
}  # fmt: skip
POSITION = {
    "cell": "-3, -2", "exterior": True, "region": "", "place": "Balmora", "x": 100, "y": 200, "z": 10, "pitch": 0,
    "yaw": 0,
}  # fmt: skip
FARGOTH = {
    "unique_index": "1-2", "ref_id": "fargoth", "cell": "-3, -2", "x": 0, "y": 0, "z": 0, "distance": 250, "bearing": 0
}  # fmt: skip
JIUB = {"name": "Jiub", "pid": 1, "cell": "-3, -2", "x": 0, "y": 0, "z": 0, "distance": 900, "bearing": 0}
LINE = {"player": "Jiub", "pid": 1, "text": "Jiub: Wake up!", "now": 500}
SEEN = {
    "player": "Timmy", "pid": 0, "boot": "b", "epoch": 1, "revisions": {}, "position": POSITION, "stats": STATS,
    "nearby_actors": {"actors": [FARGOTH]}, "nearby_players": {"players": [JIUB]}, "chat": {"lines": [LINE]},
}  # fmt: skip


def snapshot(**changes: Any) -> PerceptionOutput:
    return PerceptionOutput.model_validate({**SEEN, **changes})


def event(name: str, player: str = "Timmy", now: int = 600, **data: Any) -> Push:
    fields = {"event": name, "player": player, "pid": 0, "now": now, "data": data}
    return Push(event=GameEvent.model_validate(fields))


def condition(kind: str, **fields: Any) -> Condition:
    return CONDITION.validate_python({"kind": kind, **fields})


@pytest.mark.parametrize(
    ("wanted", "fields", "holds"),
    [
        ("at_place", {"place": "balmora"}, True),
        ("at_place", {"place": "-3, -2"}, True),
        ("at_place", {"place": "Vivec"}, False),
        ("near_point", {"x": 100, "y": 300, "within": 100}, True),
        ("near_point", {"x": 100, "y": 300, "z": 500, "within": 100}, False),
        ("near_point", {"x": 100, "y": 301, "within": 100}, False),
        ("near", {"who": "Fargoth"}, True),
        ("near", {"who": "1-2", "within": 249}, False),
        ("near", {"who": "jiub"}, False),
        ("near", {"who": "jiub", "within": 900}, True),
        ("health_below", {"fraction": 0.31}, True),
        ("health_below", {"fraction": 0.3}, False),
        ("chat", {}, False),
        ("chat", {"after_ms": 499}, True),
        ("chat", {"after_ms": 500}, False),
        ("chat", {"after_ms": 0, "speaker": "Timmy"}, False),
        ("chat", {"after_ms": 0, "speaker": "jiub", "contains": "WAKE"}, True),
    ],
)
def test_a_condition_reads_the_present(wanted: str, fields: dict[str, Any], holds: bool) -> None:
    waiting = Waiting(condition(wanted, **fields), 10.0)
    end = waiting.on_snapshot(snapshot(), 10.5)
    assert (end is not None) == holds
    if end is not None:
        assert (end.met, end.waited_s, end.snapshot) == (True, 0.5, snapshot(timestamp=end.snapshot.timestamp))  # type: ignore[union-attr]


def test_a_dead_player_has_no_health_left() -> None:
    dead = {"dead": True, "drawn": "nothing", "sneaking": False, "werewolf": False, "scale": 1}
    assert condition("health_below", fraction=0.1).holds(snapshot(condition=dead))


def test_a_section_that_is_missing_meets_no_condition() -> None:
    nothing = snapshot(position=None, stats=None, nearby_actors=None, nearby_players=None, chat=None)
    fields: dict[str, dict[str, Any]] = {
        "at_place": {"place": "Balmora"}, "near_point": {"x": 0, "y": 0}, "near": {"who": "Jiub"},
        "health_below": {"fraction": 1}, "chat": {"after_ms": 0},
    }  # fmt: skip
    assert not any(condition(kind, **each).holds(nothing) for kind, each in fields.items())


@pytest.mark.parametrize(
    ("wanted", "pushed", "met"),
    [
        (Happens(event="level"), event("level", level=2, progress=0), True),
        (Happens(event="level"), event("level", player="Jiub", level=2, progress=0), False),
        (Happens(event="level"), event("disconnect"), False),
        (ChatFrom(), event("chat", text="Timmy: Hi", speaker="Timmy"), True),
        (ChatFrom(speaker="Jiub"), event("chat", text="Timmy: Hi", speaker="Timmy"), False),
        (ChatFrom(speaker="Jiub"), event("chat", text="Welcome"), False),
        (ChatFrom(after_ms=600), event("chat", text="old", now=600), False),
        (condition("dialogue"), event("disconnect"), False),
    ],
)
def test_only_the_players_own_event_ends_a_wait(wanted: Condition, pushed: Push, met: bool) -> None:
    waiting = Waiting(wanted, 0.0)
    assert waiting.on_snapshot(snapshot(position=None), 0.0) is None
    end = waiting.on_push(pushed, 2.0)
    assert (end is not None) == met
    if end is not None:
        assert (end.met, end.waited_s, end.event) == (True, 2.0, pushed.event)


def test_a_stale_snapshot_meets_nothing_and_the_deadline_says_why() -> None:
    waiting = Waiting(AtPlace(place="Balmora"), 0.0)
    assert waiting.on_snapshot(snapshot(stale=True, stale_reason="the link is down"), 1.0) is None
    end = waiting.on_deadline(5.0)
    assert (end.met, end.waited_s, end.reason) == (False, 5.0, "the link is down")
    assert end.snapshot is not None


def test_a_link_that_came_back_is_no_reason_any_more() -> None:
    waiting = Waiting(AtPlace(place="Vivec"), 0.0)
    waiting.on_snapshot(snapshot(), 0.0)
    waiting.on_push(Push(link=LinkStatus(state="down", reason="it ended")), 1.0)
    assert waiting.on_deadline(2.0).reason == "the link to the game is down: it ended"
    waiting.on_push(Push(link=LinkStatus(state="up")), 3.0)
    assert waiting.on_deadline(4.0).reason is None


def test_another_players_snapshot_is_not_taken_for_the_players_own() -> None:
    waiting = Waiting(AtPlace(place="Balmora"), 0.0)
    waiting.on_snapshot(snapshot(position=None), 0.0)
    assert waiting.on_push(Push(snapshot=snapshot(player="Jiub")), 1.0) is None
    assert waiting.on_push(Push(snapshot=snapshot()), 1.0) is not None


@pytest.fixture(params=["runtime", "connect", "async"])
def wait(runtime: Runtime, request: pytest.FixtureRequest) -> Iterator[Callable[..., Waited]]:
    """`wait_until` on each kind of game, and `await_until`."""
    if request.param == "async":
        remote = aconnect()
        yield lambda wanted, deadline_s, **player: asyncio.run(await_until(remote, wanted, deadline_s, **player))
        return
    with over(runtime, request.param) as game:
        watchable = cast("Watchable", game)
        yield lambda wanted, deadline_s, **player: wait_until(watchable, wanted, deadline_s, **player)


def until_done(waiting: Future[Waited], push: Callable[[], None]) -> Waited:
    """Push until the wait has ended: it may not have begun yet."""

    def again() -> bool:
        push()
        return waiting.done()

    eventually(again)
    return waiting.result()


def test_what_holds_already_is_seen_at_once(wait: Callable[..., Waited]) -> None:
    assert wait(AtPlace(place="seyda neen"), 0).met
    assert not wait(AtPlace(place="Vivec"), 0).met


def test_a_wait_in_vain_ends_at_its_deadline_however_much_happens(peer: Peer, wait: Callable[..., Waited]) -> None:
    stop = threading.Event()

    def happen() -> None:
        while not stop.wait(0.01):
            peer.happen("chat", text="chatter")

    noise = threading.Thread(target=happen)
    noise.start()
    try:
        start = time.monotonic()
        end = wait(ChatFrom(contains="silence"), 0.3)
        took_s = time.monotonic() - start
    finally:
        stop.set()
        noise.join()
    assert (end.met, end.reason) == (False, None)
    assert 0.3 <= took_s < PATIENCE_S
    assert end.snapshot is not None


@pytest.mark.parametrize("player", [None, "Timmy"])
def test_an_event_and_a_move_end_a_wait(peer: Peer, wait: Callable[..., Waited], player: str | None) -> None:
    with ThreadPoolExecutor(2) as threads:
        chat = threads.submit(wait, ChatFrom(speaker="Jiub"), PATIENCE_S, player=player)
        assert until_done(chat, lambda: peer.happen("chat", text="Jiub: Hi", speaker="Jiub")).event is not None
        move = threads.submit(wait, AtPlace(place="Vivec"), PATIENCE_S, player=player)
        revisions = iter(range(10, 100_000))
        assert until_done(move, lambda: peer.perceive(revision=next(revisions), place="Vivec")).met


def test_a_player_who_is_not_there_is_waited_for(wait: Callable[..., Waited]) -> None:
    end = wait(AtPlace(place="Balmora"), 0.1, player="Nobody")
    assert not end.met
    assert end.snapshot is None
    assert "Nobody" in (end.reason or "")


def test_a_link_that_is_down_is_said_at_the_deadline(peer: Peer, runtime: Runtime, wait: Callable[..., Waited]) -> None:
    peer.__exit__()
    link_lost(runtime)
    end = wait(AtPlace(place="Seyda Neen"), 0.1)
    assert not end.met
    assert end.reason


@pytest.mark.parametrize("deadline_s", [-1, 301, float("nan"), float("inf")])
def test_a_deadline_out_of_range_is_refused(wait: Callable[..., Waited], deadline_s: float) -> None:
    with pytest.raises(RefusedError, match="deadline_s"):
        wait(AtPlace(place="Balmora"), deadline_s)


@pytest.mark.parametrize("fields", [{"kind": "nothing"}, {"kind": "near"}, {"kind": "near", "who": "x", "within": 0}])
def test_an_invalid_condition_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        CONDITION.validate_python(fields)


def test_a_cancelled_wait_of_a_coroutine_ends_and_leaves_no_watch(runtime: Runtime) -> None:
    async def waiting() -> None:
        wait = asyncio.create_task(await_until(aconnect(), AtPlace(place="Vivec"), PATIENCE_S))
        watches = runtime.shared.perceptions.watchers._watches
        await asyncio.to_thread(eventually, lambda: len(watches) == 1)
        wait.cancel()
        with pytest.raises(asyncio.CancelledError):
            await wait
        await asyncio.to_thread(eventually, lambda: not list(watches))

    asyncio.run(waiting())

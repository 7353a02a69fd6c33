from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from tests.peer import Peer
from tests.runtimes import fresh
from tests.serving.clients import Message, client
from tests.waiting import eventually
from timmy_actors import Runtime
from timmy_actors.protocol import Push
from timmy_actors.serving import gateway

if TYPE_CHECKING:
    import pytest

FLOOD = 400


def test_a_watcher_gets_events_and_snapshots(runtime: Runtime, peer: Peer) -> None:
    with client(runtime) as watcher:
        assert watcher.ask({"type": "watch", "id": "1"})["watching"] is True
        peer.happen("chat", text="hello")
        assert watcher.receive()["event"]["data"] == {"text": "hello"}
        peer.perceive(x=5.0)
        assert watcher.receive()["snapshot"]["position"]["x"] == 5.0


def test_a_watcher_of_one_player_does_not_get_another(runtime: Runtime, peer: Peer) -> None:
    with client(runtime) as watcher:
        watcher.ask({"type": "watch", "id": "1", "player": "Jiub"})
        peer.happen("chat", text="not for you")
        peer.happen("chat", player="Jiub", text="for you")
        assert watcher.receive()["event"]["data"] == {"text": "for you"}


def test_watching_again_replaces_the_first_watch(runtime: Runtime, peer: Peer) -> None:
    with client(runtime) as watcher:
        watcher.ask({"type": "watch", "id": "1"})
        watcher.ask({"type": "watch", "id": "2", "player": "Jiub"})
        peer.happen("chat", text="not for you")
        peer.happen("chat", player="Jiub", text="once")
        peer.happen("chat", player="Jiub", text="twice")
        assert [watcher.receive()["event"]["data"]["text"] for _ in range(2)] == ["once", "twice"]


def test_watchers_that_vanish_make_room_also_while_nothing_happens(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "MAX_WATCHERS", 2)
    for _ in range(2):
        with client(runtime) as vanishing:
            vanishing.ask({"type": "watch", "id": "1"})
    with client(runtime) as watcher:
        eventually(lambda: watcher.ask({"type": "watch", "id": "1"}).get("watching"))


def test_one_watcher_too_many_is_refused(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "MAX_WATCHERS", 1)
    with client(runtime) as first, client(runtime) as second:
        assert first.ask({"type": "watch", "id": "1"})["watching"] is True
        assert second.ask({"type": "watch", "id": "1"})["error"]["code"] == "overloaded"
        assert first.ask({"type": "watch", "id": "2", "player": "Jiub"})["watching"] is True


def test_a_watcher_that_does_not_read_delays_no_other_client_and_is_logged_once(
    runtime: Runtime, peer: Peer, caplog: pytest.LogCaptureFixture
) -> None:
    with client(runtime, high_water_mark=1) as slow, client(runtime) as other:
        slow.ask({"type": "watch", "id": "1"})
        eventually(lambda: "read too slowly" in caplog.text or _flood(peer))
        assert other.ask({"type": "status", "id": "1"})["id"] == "1"
        assert caplog.text.count("read too slowly") == 1


def _flood(peer: Peer) -> bool:
    for _ in range(60):
        peer.happen("chat", text="x" * 100_000)
    return False


def test_a_slow_reader_gets_the_newest_and_how_much_was_left_out(runtime: Runtime, peer: Peer) -> None:
    with client(runtime, high_water_mark=1) as slow:
        slow.ask({"type": "watch", "id": "1"})
        for number in range(FLOOD):
            peer.perceive(x=float(number), place="x" * 10_000)
        peer.happen("chat", text="the last")
        fresh(runtime, x=float(FLOOD - 1))
        pushes = [slow.receive()]
        while pushes[-1]["event"] is None:
            pushes.append(slow.receive())
    positions = [push["snapshot"]["position"]["x"] for push in pushes[:-1]]
    assert positions[-1] == FLOOD - 1
    assert positions == sorted(positions)
    assert [push["seq"] for push in pushes] == _as_counted(pushes)
    assert pushes[-1]["seq"] == FLOOD + 1
    assert sum(push["left_out"] for push in pushes) == FLOOD + 1 - len(pushes) > FLOOD / 2


def _as_counted(pushes: list[Message]) -> list[int]:
    """The numbers that follow from how many pushes each push says were left out before it."""
    last, numbers = 0, []
    for push in pushes:
        last += 1 + push["left_out"]
        numbers.append(last)
    return numbers


def test_an_answer_goes_before_the_pushes_that_wait(runtime: Runtime, peer: Peer) -> None:
    with client(runtime, high_water_mark=1) as slow:
        slow.ask({"type": "watch", "id": "1", "events": ["chat"]})
        for number in range(FLOOD):
            peer.happen("chat", text=f"{number}" + "x" * 10_000)
        watch = _only_watch(runtime)
        eventually(lambda: len(watch._waiting) > FLOOD / 2)
        slow.send({"type": "status", "id": "2"})
        first = [slow.receive()]
        while "status" not in first[-1]:
            first.append(slow.receive())
        rest = [slow.receive() for _ in range(FLOOD - len(first) + 1)]
        assert len(rest) > FLOOD / 3
        assert [push["seq"] for push in (*first[:-1], *rest)] == list(range(1, FLOOD + 1))


def _only_watch(runtime: Runtime) -> Any:
    (watch,) = runtime.shared.perceptions.watchers._watches
    return watch


def test_what_happens_is_written_as_json_once_for_all_watchers(
    runtime: Runtime, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Push] = []
    dump = Push.model_dump_json

    def noted(push: Push, **how: Any) -> str:
        written.append(push)
        return dump(push, **how)

    monkeypatch.setattr(Push, "model_dump_json", noted)
    with ExitStack() as watching:
        watchers = [watching.enter_context(client(runtime)) for _ in range(8)]
        for number, watcher in enumerate(watchers):
            watcher.ask({"type": "watch", "id": f"{number}"})
        peer.happen("chat", text="hello")
        assert {watcher.receive()["event"]["data"]["text"] for watcher in watchers} == {"hello"}
    assert len(written) == 1


def test_a_client_that_is_gone_is_watching_no_more(runtime: Runtime) -> None:
    with client(runtime) as vanishing:
        vanishing.ask({"type": "watch", "id": "1"})
        watch = _only_watch(runtime)
    eventually(lambda: watch._end is not None)

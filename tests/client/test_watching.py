from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.peer import Peer
from tests.runtimes import fresh, link_lost, link_up, restarted, running
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import RefusedError, Runtime, connect
from timmy_actors.client.remote import Address
from timmy_actors.client.watching import AsyncDaemonWatch, Following
from timmy_actors.errors import DaemonUnreachableError, WatchTimeoutError
from timmy_actors.protocol import Answer, Interest, LinkStatus, Pushed
from timmy_actors.supervision.sockets import Arrived
from timmy_actors.system import generate_keys

UP, DOWN = LinkStatus(state="up"), LinkStatus(state="down")


def kinds(pushes: list[Pushed]) -> list[str]:
    """The kind of each push, in one word."""
    words = []
    for pushed in pushes:
        if pushed.link is not None:
            words.append("up" if pushed.link.carries else "down")
        elif pushed.snapshot is not None:
            words.append("stale" if pushed.snapshot.stale else "fresh")
        else:
            words.append("event")
    return words


def followed(watch: Iterator[Pushed], until: str) -> list[Pushed]:
    """The pushes up to the first of the kind `until`."""
    pushes: list[Pushed] = []
    while kinds(pushes)[-1:] != [until]:
        pushes.append(next(watch))
    return pushes


@pytest.mark.parametrize("remote", [True, False])
def test_the_links_fall_is_reported_with_one_stale_snapshot_and_so_is_its_return(
    peer: Peer, runtime: Runtime, remote: bool
) -> None:
    with connect() as daemon, (daemon if remote else runtime).watch("Timmy", timeout_s=PATIENCE_S) as watch:
        peer.__exit__()
        assert kinds(followed(watch, "stale")) == ["down", "stale"]
        with Peer(port=peer.port, boot="boot-2"):
            pushes = followed(watch, "fresh")
            assert kinds(pushes) == ["up", "fresh"]
            assert pushes[0].link is not None
            assert pushes[0].link.boot == "boot-2"
            assert [pushed.seq for pushed in pushes] == [3, 4]


@pytest.mark.parametrize("remote", [True, False])
def test_a_watch_that_begins_while_the_link_is_down_begins_with_that(
    peer: Peer, runtime: Runtime, remote: bool
) -> None:
    peer.__exit__()
    link_lost(runtime)
    eventually(lambda: not runtime.shared.perceptions.watchers._link_is_up)
    with connect() as daemon, (daemon if remote else runtime).watch(timeout_s=PATIENCE_S) as watch:
        pushes = [next(watch), next(watch)]
        assert kinds(pushes) == ["down", "stale"]
        assert pushes[1].snapshot is not None
        assert pushes[1].snapshot.player == "Timmy"


def test_a_watch_of_a_daemon_that_was_never_linked_says_so_at_once(runtime_folder: Any) -> None:
    with running("tcp://127.0.0.1:1") as runtime, runtime.watch(timeout_s=PATIENCE_S) as watch:
        assert kinds([next(watch)]) == ["down"]


@pytest.mark.parametrize("remote", [True, False])
def test_a_watch_can_be_read_after_a_timeout(peer: Peer, runtime: Runtime, remote: bool) -> None:
    with connect() as daemon, (daemon if remote else runtime).watch("Jiub", timeout_s=0.05) as watch:
        for _ in range(2):
            with pytest.raises(WatchTimeoutError, match=r"nothing happened within 0\.05 s"):
                next(watch)
        peer.happen("chat", player="Jiub", text="at last")
        pushed = eventually(lambda: _next_or_none(watch))
        assert pushed is not None
        assert pushed.event is not None


def _next_or_none(watch: Iterator[Pushed]) -> Pushed | None:
    try:
        return next(watch)
    except WatchTimeoutError:
        return None


@pytest.mark.parametrize("remote", [True, False])
def test_only_events_of_the_requested_names_are_delivered_and_snapshots_where_they_are_requested(
    peer: Peer, runtime: Runtime, remote: bool
) -> None:
    with connect() as daemon:
        game = daemon if remote else runtime
        with (
            game.watch(events=["death"], timeout_s=PATIENCE_S) as deaths,
            game.watch(events=["death"], snapshots=True, timeout_s=PATIENCE_S) as both,
            game.watch(events=[], timeout_s=0.05) as nothing,
        ):
            peer.happen("chat", text="not asked for")
            peer.perceive(x=5.0)
            peer.happen("death", killer=None)
            assert kinds([next(deaths)]) == ["event"]
            assert kinds([next(both), next(both)]) == ["fresh", "event"]
            with pytest.raises(WatchTimeoutError):
                next(nothing)
        with pytest.raises(RefusedError) as refused:
            game.watch(events=["no such event"])
        assert (refused.value.code, refused.value.field) == ("bad_arguments", "events.0")


def test_numbers_show_no_loss_where_there_is_none_and_how_much_the_game_server_lost(
    peer: Peer, runtime: Runtime
) -> None:
    with connect() as daemon, daemon.watch(events=["chat"], timeout_s=PATIENCE_S) as watch:
        for text in "abc":
            peer.happen("chat", text=text)
        assert [(pushed.seq, pushed.left_out) for pushed in (next(watch), next(watch), next(watch))] == [
            (1, 0), (2, 0), (3, 0),
        ]  # fmt: skip
        for _ in range(4):
            peer.next_seq()
        peer.happen("chat", text="after the gap")
        pushed = next(watch)
        assert (pushed.seq, pushed.left_out) == (8, 4)


def test_a_watch_outlives_its_daemons_restart_and_numbers_on(peer: Peer) -> None:
    with running(peer.address) as first:
        fresh(first)
        with connect() as daemon:
            watch = daemon.watch("Timmy", timeout_s=PATIENCE_S)
        peer.happen("chat", text="before")
        assert next(watch).seq == 1
    with watch, running(peer.address) as second:
        fresh(second)
        pushes = [next(watch)]
        assert kinds(pushes) == ["down"]
        while kinds(pushes)[-1] != "event":
            peer.happen("chat", text="after")
            pushes.append(next(watch))
        assert [pushed.seq for pushed in pushes] == list(range(2, 2 + len(pushes)))
        assert "up" in kinds(pushes)


def test_a_watch_outlives_a_crash_of_the_gateway(peer: Peer, runtime: Runtime) -> None:
    with connect() as daemon, daemon.watch(timeout_s=PATIENCE_S) as watch:
        runtime.directory.tell("gateway", Arrived("clients", []))
        assert kinds([next(watch)]) == ["down"]
        restarted(runtime, "gateway")
        assert kinds([next(watch)]) == ["up"]
        peer.happen("chat", text="hello again")
        assert kinds([next(watch)]) == ["event"]


def test_a_watch_that_is_closed_ends_for_the_thread_that_waits(runtime: Runtime) -> None:
    with connect() as daemon:
        watch, ended = daemon.watch("Jiub"), list[object]()
        waiting = threading.Thread(target=lambda: ended.append(next(watch, "ended")))
        waiting.start()
        watch.close()
        waiting.join(PATIENCE_S)
        assert ended == ["ended"]
        assert list(watch) == []


@pytest.mark.parametrize("remote", [True, False])
def test_coroutines_watch_while_their_loop_goes_on_turning(peer: Peer, runtime: Runtime, remote: bool) -> None:
    async def watching() -> list[str]:
        with connect() as daemon:
            async with (daemon if remote else runtime).awatch("Timmy", timeout_s=PATIENCE_S) as pushes:
                waiting = asyncio.ensure_future(anext(pushes))
                await asyncio.sleep(0)  # the loop runs during the wait
                assert not waiting.done()
                peer.happen("chat", text="hello")
                received = [await waiting]
                peer.__exit__()
                while kinds(received)[-1] != "stale":
                    received.append(await anext(pushes))
            assert [pushed async for pushed in pushes] == []
            return kinds(received)

    assert asyncio.run(watching()) == ["event", "down", "stale"]


@pytest.mark.parametrize("remote", [True, False])
def test_a_coroutine_times_out_and_can_be_cancelled(runtime: Runtime, remote: bool) -> None:
    async def watching() -> None:
        with connect() as daemon:
            async with (daemon if remote else runtime).awatch("Jiub", timeout_s=0.02) as pushes:
                with pytest.raises(WatchTimeoutError):
                    await anext(pushes)
            async with (daemon if remote else runtime).awatch("Jiub") as pushes:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(anext(pushes), 0.02)

    asyncio.run(watching())


def test_an_async_watch_that_is_refused_raises_the_refusal(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("timmy_actors.serving.gateway.MAX_WATCHERS", 0)

    async def watching() -> None:
        with connect() as daemon, pytest.raises(RefusedError) as refused:
            await anext(daemon.awatch())
        assert refused.value.code == "overloaded"

    asyncio.run(watching())


def test_a_daemon_that_does_not_answer_is_reported_as_down_and_as_up_when_it_does() -> None:
    following = Following("ipc:///somewhere", reconnect_s=30.0)
    following.asked(0.0, reconnected=True)
    assert following.received(Answer(watching=True, link=UP), 0.1) is None
    pushes = [following.received(Pushed(seq=1), 0.2)]
    assert following.overdue(following.due) is None
    following.asked(following.due, reconnected=False)
    pushes.append(following.overdue(following.due))
    assert following.overdue(following.due) is None
    pushes += [following.received(Answer(watching=True, link=UP), 9.0), following.received(Pushed(seq=2), 9.1)]
    assert [pushed.seq for pushed in pushes if pushed is not None] == [1, 2, 3, 4]
    assert kinds([pushed for pushed in pushes[1:3] if pushed is not None]) == ["down", "up"]


def test_a_daemon_that_stays_away_too_long_ends_the_watch() -> None:
    following = Following("ipc:///somewhere", reconnect_s=1.0)
    assert following.ended(10.0) is not None
    assert following.ended(11.0) is None
    with pytest.raises(DaemonUnreachableError, match="did not come back within 1 s"):
        following.ended(11.1)


def test_a_link_that_is_still_down_when_the_daemon_is_back_is_reported_by_the_daemon() -> None:
    following = Following("ipc:///somewhere", reconnect_s=30.0)
    following.ended(0.0)
    assert following.received(Answer(watching=True, link=DOWN), 1.0) is None


def test_a_link_that_comes_back_is_reported_once(peer: Peer, runtime: Runtime) -> None:
    epoch = link_up(runtime).epoch
    with runtime.watch(events=["death"], timeout_s=PATIENCE_S) as watch:
        runtime.directory.tell("connection", Arrived("game", []))
        link_up(runtime, after=epoch)
        fresh(runtime)
        peer.happen("death", killer=None)
        assert kinds(followed(watch, "event")) == ["down", "up", "event"]


def test_the_loop_goes_on_while_a_watch_connects_to_a_silent_machine() -> None:
    keys = generate_keys("laptop", generate_keys("gamehost").public)

    async def watching() -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            silent.setblocking(False)
            address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
            watch = AsyncDaemonWatch(Address(address, keys, 2.0), Interest(), timeout_s=None, reconnect_s=0.0)
            first = asyncio.ensure_future(anext(watch))
            connected, _ = await asyncio.get_running_loop().sock_accept(silent)
            with connected:
                assert not first.done()
                with pytest.raises(DaemonUnreachableError):
                    await first

    asyncio.run(watching())


def test_a_watch_that_never_began_can_be_closed() -> None:
    async def closing() -> None:
        watch = AsyncDaemonWatch(Address("ipc:///nowhere", None, 1.0), Interest(), timeout_s=None, reconnect_s=0.0)
        await watch.close()
        assert [pushed async for pushed in watch] == []

    asyncio.run(closing())

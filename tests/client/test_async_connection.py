from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import zmq
import zmq.asyncio

from tests.peer import Peer
from tests.runtimes import fresh, running
from tests.waiting import PATIENCE_S
from timmy_actors import AsyncDaemon, Daemon, RefusedError, Runtime, aconnect
from timmy_actors.client import AsyncCalls, Calls
from timmy_actors.client.async_connection import MAX_CONNECTIONS
from timmy_actors.errors import ConfigError, DaemonUnreachableError
from timmy_actors.protocol import Revision

NAMES = sorted(name for name in vars(Calls) if not name.startswith("_"))


@contextmanager
def deaf(folder: Path) -> Iterator[tuple[str, zmq.asyncio.Socket]]:
    """A daemon that accepts connections and answers no request, in the running event loop."""
    context = zmq.asyncio.Context()
    router = context.socket(zmq.ROUTER)
    endpoint = f"ipc://{folder}/deaf.sock"
    router.bind(endpoint)
    yield endpoint, router
    context.destroy(linger=0)


async def next_sender(router: zmq.asyncio.Socket) -> bytes:
    """The sender of the next message that is not a probe."""
    while True:
        sender, frame = await router.recv_multipart()
        if frame:
            return sender


@pytest.mark.parametrize("name", NAMES)
def test_each_call_has_one_signature_and_one_description(name: str) -> None:
    kinds = [getattr(kind, name) for kind in (Calls, AsyncCalls, Daemon, AsyncDaemon)]
    assert len({str(inspect.signature(method)) for method in kinds}) == 1
    assert len({inspect.getdoc(method) for method in kinds}) == 1
    assert "Call[" not in str(inspect.signature(kinds[0]))
    assert [inspect.iscoroutinefunction(method) for method in kinds] == [False, True, False, True]


def test_an_instances_call_has_the_parameters_of_its_definition(runtime: Runtime) -> None:
    assert list(inspect.signature(runtime.use_portal).parameters) == ["portal"]


def test_coroutines_get_the_answers_of_the_runtime(runtime: Runtime) -> None:
    async def main() -> None:
        async with aconnect() as daemon:
            assert await daemon.snapshot() == runtime.snapshot()
            assert await daemon.portals() == runtime.portals()
            assert (await daemon.status()).pid == os.getpid()
            assert (await daemon.command("message", text="hi", command_id="mine")).id == "mine"
            assert await daemon.submit("message", text="hi", command_id="other") == "other"
            with pytest.raises(RefusedError) as refused:
                await daemon.command("give_item", item="x", count=0)
            assert (refused.value.code, refused.value.field) == ("bad_arguments", "count")

    asyncio.run(main())


def test_a_call_that_waits_delays_no_other(runtime: Runtime, peer: Peer) -> None:
    async def main() -> None:
        async with aconnect() as daemon:
            now = await daemon.snapshot()
            later = Revision(boot=now.boot, number=now.revision + 1)
            waiting = asyncio.create_task(daemon.snapshot(after=later, timeout_s=PATIENCE_S))
            assert (await daemon.status()).pid == os.getpid()
            assert not waiting.done()
            peer.perceive(shows=later.number)
            assert (await waiting).revision == later.number

    asyncio.run(main())


def test_a_cancelled_call_closes_its_own_connection_only(runtime_folder: Path) -> None:
    async def main() -> None:
        with deaf(runtime_folder) as (endpoint, router):
            async with aconnect(endpoint, timeout_s=PATIENCE_S) as daemon:
                first, second = asyncio.create_task(daemon.status()), asyncio.create_task(daemon.portals())
                senders = {await next_sender(router), await next_sender(router)}
                assert len(senders) == 2
                first.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await first
                third = asyncio.create_task(daemon.status())
                assert await next_sender(router) not in senders
                assert not second.done()
                for task in (second, third):
                    task.cancel()
                await asyncio.gather(second, third, return_exceptions=True)

    asyncio.run(main())


def test_a_connection_is_used_again(runtime_folder: Path) -> None:
    async def answered(daemon: AsyncDaemon, router: zmq.asyncio.Socket) -> bytes:
        asking = asyncio.create_task(daemon.submit("message"))
        sender = await next_sender(router)
        await router.send_multipart([sender, b'{"accepted":true,"command_id":"c"}'])
        assert await asking == "c"
        return sender

    async def main() -> None:
        with deaf(runtime_folder) as (endpoint, router):
            async with aconnect(endpoint, timeout_s=PATIENCE_S) as daemon:
                assert await answered(daemon, router) == await answered(daemon, router)

    asyncio.run(main())


def test_more_calls_than_connections_wait_for_one_until_their_timeout(runtime_folder: Path) -> None:
    async def main() -> None:
        with deaf(runtime_folder) as (endpoint, router):
            async with aconnect(endpoint, timeout_s=0.05) as daemon:
                waiting = [
                    asyncio.create_task(daemon.command("message", timeout_s=PATIENCE_S)) for _ in range(MAX_CONNECTIONS)
                ]
                for _ in waiting:
                    await next_sender(router)
                with pytest.raises(DaemonUnreachableError, match=f"{MAX_CONNECTIONS} calls already wait"):
                    await daemon.status()
                for task in waiting:
                    task.cancel()
                await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(main())


def test_closing_it_ends_the_calls_that_wait(runtime_folder: Path) -> None:
    async def main() -> None:
        with deaf(runtime_folder) as (endpoint, router):
            daemon = aconnect(endpoint, timeout_s=PATIENCE_S)
            waiting = asyncio.create_task(daemon.status())
            await next_sender(router)
            await daemon.close()
            for call in (waiting, daemon.status()):
                with pytest.raises(DaemonUnreachableError, match="is closed"):
                    await call

    asyncio.run(main())


def test_closing_a_watch_ends_the_coroutine_that_reads_it(runtime: Runtime) -> None:
    async def main() -> list[Any]:
        async with aconnect() as daemon, daemon.watch("Jiub") as pushes:

            async def read() -> list[Any]:
                return [pushed async for pushed in pushes]

            reading = asyncio.create_task(read())
            await daemon.status()
            await pushes.close()
            return await reading

    assert asyncio.run(main()) == []


def test_what_happens_is_watched_by_coroutines(runtime: Runtime, peer: Peer) -> None:
    async def main() -> None:
        async with aconnect() as daemon, daemon.watch(events=["chat"]) as pushes:
            peer.happen("chat", text="hello")
            pushed = await anext(pushes)
            assert pushed.event is not None
            assert pushed.event.data == {"text": "hello"}

    asyncio.run(main())


def test_a_missing_daemon_is_reported_when_it_is_entered(runtime_folder: Path) -> None:
    async def main() -> None:
        with pytest.raises(DaemonUnreachableError, match="start one with 'timmy-actors run'"):
            async with aconnect():
                raise AssertionError
        with pytest.raises(ConfigError):
            aconnect("tcp://127.0.0.1:1")

    asyncio.run(main())


def test_it_connects_again_after_a_restart_of_the_daemon(peer: Peer) -> None:
    async def main() -> None:
        daemon = aconnect()
        with running(peer.address):
            assert (await daemon.status()).pid == os.getpid()
        with pytest.raises(DaemonUnreachableError):
            await daemon.status()
        with running(peer.address) as second:
            fresh(second)
            assert (await daemon.snapshot()) == second.snapshot()
        await daemon.close()

    asyncio.run(main())

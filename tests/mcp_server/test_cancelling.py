"""A call that is cancelled acts no more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.mcp_server.clients import LEGACY, MODERN, Connector, HttpServer
from tests.mcp_server.conftest import DesktopFiles
from tests.mcp_server.test_tools import content
from tests.waiting import eventually

if TYPE_CHECKING:
    from mcp import Client


def connections(endpoint: str) -> int:
    """How many connections the daemon has."""
    path = endpoint.removeprefix("ipc://")
    return sum(line.endswith(path) for line in Path("/proc/net/unix").read_text().splitlines())


@pytest.mark.parametrize("mode", [MODERN, LEGACY])
def test_a_cancelled_action_takes_no_further_step(
    endpoint: str, mode: str, http: HttpServer, desktop: DesktopFiles
) -> None:
    before = len(desktop.pressed())

    async def play(client: Client) -> None:
        desktop.fault("slow 1")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.call_tool, "execute_action", {"action": "three"})
            await anyio.to_thread.run_sync(eventually, lambda: len(desktop.pressed()) > before)
            tasks.cancel_scope.cancel()
        desktop.fault("")
        # Actions run one after the other: this one would come after what is left of the cancelled one.
        content(await client.call_tool("execute_action", {"action": "press_key", "params": {"key": "z"}}))

    Connector(endpoint, mode, http=http).run(play)
    assert desktop.pressed()[before:] == ["a", "z"]


@pytest.mark.parametrize("transport", ["stdio", "http"])
@pytest.mark.parametrize("mode", [MODERN, LEGACY])
def test_a_cancelled_wait_ends_at_once_in_the_daemon_too(
    endpoint: str, mode: str, transport: str, http: HttpServer
) -> None:
    before = connections(endpoint)

    async def play(client: Client) -> None:
        never = {"condition": {"kind": "at_place", "place": "Nowhere"}, "deadline_s": 300}
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.call_tool, "wait_until", never)
            await anyio.to_thread.run_sync(eventually, lambda: connections(endpoint) > before)
            tasks.cancel_scope.cancel()
        # The server keeps the connections of finished calls: a cancelled one's is closed.
        await anyio.to_thread.run_sync(eventually, lambda: connections(endpoint) <= before + 1)
        content(await client.call_tool("observe", {}))

    Connector(endpoint, mode, http=http if transport == "http" else None).run(play)

"""Calls a server's tools by the protocol's names. Observations are retried, actions are not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

from timmy_actors.errors import ToolError
from timmy_actors.portals.mcp.session_events import Tool
from timmy_actors.portals.tools.call import bind, find_tool
from timmy_actors.portals.tools.results import ToolAnswer
from timmy_actors.portals.tools.spec_tools import SPEC_TOOLS
from timmy_actors.portals.tools.tool_tables import ToolTable

LEAST_S = 0.05
"""Minimum remaining time for a call."""


class ToolSession(Protocol):
    """Access to one server across its restarts."""

    async def tools(self, within_s: float) -> Mapping[str, Tool]:
        """The server's tools; starts the server if necessary, and waits until it is ready.

        Raises:
            ToolError: `server_unavailable`: the server was not ready within that time.
        """

    async def call(self, tool: str, arguments: dict[str, Any], timeout_s: float) -> ToolAnswer:
        """Call a tool by the server's own name.

        Raises:
            ToolError: the call failed.
        """


class ToolServer:
    """One of the protocol's two servers, with the tool table of its implementation."""

    def __init__(self, session: ToolSession, table: ToolTable) -> None:
        self._session = session
        self.table = table

    async def look(self, name: str, values: Mapping[str, Any], deadline: float, waits_s: float = 0.0) -> ToolAnswer:
        """Make an observation; it is retried until `deadline` (the loop's time) while the server restarts.

        `waits_s` is added to the tool's timeout, for an observation that waits for a condition.

        Raises:
            ToolError: the observation failed.
        """
        while True:
            try:
                return await self._send(name, values, deadline, waits_s)
            except ToolError as error:
                if error.code != "outcome_unknown" or _left(deadline) < 2 * LEAST_S:
                    raise
                await asyncio.sleep(LEAST_S)

    async def act(self, name: str, values: Mapping[str, Any], deadline: float, lasts_s: float) -> ToolAnswer:
        """Execute an action once; `lasts_s` is added to the tool's timeout, up to `deadline`.

        Raises:
            ToolError: `outcome_unknown`: it was sent and may have been executed; see `as_outcome` for other codes.
        """
        return await self._send(name, values, deadline, lasts_s)

    async def schema(self, name: str, deadline: float) -> Mapping[str, Any]:
        """The JSON Schema of the arguments of the server's tool.

        Raises:
            ToolError: the server has no such tool, or is not available.
        """
        _, tool = find_tool(SPEC_TOOLS[name], self.table, await self._tools(deadline))
        return tool.schema

    async def _send(self, name: str, values: Mapping[str, Any], deadline: float, lasts_s: float) -> ToolAnswer:
        """Send a call once; if the server ended before it was sent, wait for its restart."""
        spec = SPEC_TOOLS[name]
        while True:
            bound = bind(spec, values, self.table, await self._tools(deadline))
            timeout_s = min(spec.timeout_s + lasts_s, _left(deadline))
            try:
                return await self._session.call(bound.tool, bound.arguments, max(timeout_s, LEAST_S))
            except ToolError as error:
                if error.code != "server_unavailable" or _left(deadline) < LEAST_S:
                    raise
                await asyncio.sleep(LEAST_S)

    async def _tools(self, deadline: float) -> Mapping[str, Tool]:
        return await self._session.tools(max(_left(deadline), LEAST_S))


def _left(deadline: float) -> float:
    return deadline - asyncio.get_running_loop().time()

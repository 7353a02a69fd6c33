"""A server's tools, called by the protocol's names: observations are tried again, actions never."""

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
"""A call with less time than this is not made."""


class Line(Protocol):
    """The way to one server, whichever incarnation of it is up."""

    async def tools(self, within_s: float) -> Mapping[str, Tool]:
        """What it offers, once it is up; it is started for that.

        Raises:
            ToolError: `server_unavailable`: it is not up within that time.
        """

    async def call(self, tool: str, arguments: dict[str, Any], timeout_s: float) -> ToolAnswer:
        """Call a tool by the server's own name.

        Raises:
            ToolError: it did not go well.
        """


class ToolServer:
    """One of the protocol's two servers, as it really is."""

    def __init__(self, line: Line, table: ToolTable) -> None:
        self._line = line
        self.table = table

    async def look(self, name: str, values: Mapping[str, Any], deadline: float, waits_s: float = 0.0) -> ToolAnswer:
        """An observation: a server that is being restarted is waited for, until `deadline` (the loop's time).

        It may take `waits_s` more than its tool's time, if it is to wait for something.

        Raises:
            ToolError: it could not be had.
        """
        while True:
            try:
                return await self._send(name, values, deadline, waits_s)
            except ToolError as trouble:
                if trouble.code != "outcome_unknown" or _left(deadline) < 2 * LEAST_S:
                    raise
                await asyncio.sleep(LEAST_S)

    async def act(self, name: str, values: Mapping[str, Any], deadline: float, lasts_s: float) -> ToolAnswer:
        """An action, sent once; it may take `lasts_s` more than its tool's time, and not beyond `deadline`.

        Raises:
            ToolError: `outcome_unknown`: it was sent, and may have happened; with other codes it was not done.
        """
        return await self._send(name, values, deadline, lasts_s)

    async def schema(self, name: str, deadline: float) -> Mapping[str, Any]:
        """The JSON Schema of the arguments of the server's tool for it.

        Raises:
            ToolError: it has none, or is not up.
        """
        _, tool = find_tool(SPEC_TOOLS[name], self.table, await self._tools(deadline))
        return tool.schema

    async def _send(self, name: str, values: Mapping[str, Any], deadline: float, lasts_s: float) -> ToolAnswer:
        """Send a call once; a server that ended before it was sent is waited for."""
        spec = SPEC_TOOLS[name]
        while True:
            bound = bind(spec, values, self.table, await self._tools(deadline))
            timeout_s = min(spec.timeout_s + lasts_s, _left(deadline))
            try:
                return await self._line.call(bound.tool, bound.arguments, max(timeout_s, LEAST_S))
            except ToolError as trouble:
                if trouble.code != "server_unavailable" or _left(deadline) < LEAST_S:
                    raise
                await asyncio.sleep(LEAST_S)

    async def _tools(self, deadline: float) -> Mapping[str, Tool]:
        return await self._line.tools(max(_left(deadline), LEAST_S))


def _left(deadline: float) -> float:
    return deadline - asyncio.get_running_loop().time()

"""Gives the portal's coroutines access to a session actor by name, across its restarts."""

from __future__ import annotations

import asyncio
import logging
import operator
from collections.abc import Mapping
from functools import partial
from typing import Any

import pykka

from timmy_actors.errors import ActorError, NoSuchActorError, ToolError
from timmy_actors.portals.mcp.session_actor import CallTool, Offer, Wake
from timmy_actors.portals.mcp.session_events import Tool
from timmy_actors.portals.tools.results import ToolAnswer
from timmy_actors.protocol import ServerStatus
from timmy_actors.supervision import Directory, Reply, SharedValue

log = logging.getLogger(__name__)
PATIENCE = 3
"""Failed starts in succession after which calls fail at once. The supervisor continues to restart the server."""
MARGIN_S = 2.0
"""How long after a call's timeout its session may take to report the outcome."""


class SessionHandle:
    """Implements `timmy_actors.portals.tools.tool_server.ToolSession` through the directory."""

    def __init__(self, name: str, *, directory: Directory, offer: SharedValue[Offer]) -> None:
        self._name = name
        self._directory = directory
        self._offer = offer
        self._known: tuple[tuple[Tool, ...], Mapping[str, Tool]] = ((), {})

    async def tools(self, within_s: float) -> Mapping[str, Tool]:
        """The server's tools, once it is ready.

        Raises:
            ToolError: `server_unavailable`.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within_s
        while (offer := self._offer.value).status.state != "ready":
            if offer.status.state == "offline":
                await self._wake()
            if loop.time() >= deadline or _is_hopeless(self._offer.value.status):
                raise _unavailable(self._offer.value.status)
            await self._offer.await_for(partial(operator.is_not, offer), deadline - loop.time())
        if self._known[0] is not offer.tools:
            self._known = (offer.tools, {tool.name: tool for tool in offer.tools})
        return self._known[1]

    async def call(self, tool: str, arguments: dict[str, Any], timeout_s: float) -> ToolAnswer:
        """Call a tool by the server's own name for it.

        Raises:
            ToolError: the call failed.
        """
        call = CallTool(tool, arguments, timeout_s)
        try:
            answer: ToolAnswer = await self._send(call, timeout_s + MARGIN_S)
        except (NoSuchActorError, pykka.ActorDeadError) as error:
            raise ToolError("server_unavailable", f"{self._name} is restarting: nothing was sent") from error
        except asyncio.CancelledError:
            call.caller.leave()
            raise
        except ActorError as error:
            raise ToolError("outcome_unknown", f"outcome unknown: {self._name}: {error}") from error
        return answer

    def _send(self, call: CallTool, timeout_s: float) -> Reply:
        send = self._offer.value.send
        if send is None:
            return self._directory.ask(self._name, call, timeout_s=timeout_s)
        reply = Reply(self._directory.clock.now() + timeout_s, self._directory.clock)
        send(call, reply)
        return reply

    async def _wake(self) -> None:
        try:
            await self._directory.ask(self._name, Wake(), timeout_s=MARGIN_S)
        except ActorError as error:
            log.debug("%s cannot be started now: %s", self._name, error)  # the next status shows the reason


def _is_hopeless(status: ServerStatus) -> bool:
    """Whether waiting is useless: the server cannot be started, or `PATIENCE` starts have failed."""
    return status.state == "offline" or (status.state == "down" and status.failures >= PATIENCE)


def _unavailable(status: ServerStatus) -> ToolError:
    return ToolError("server_unavailable", f"{status.name} is {status.state}: {status.reason}")

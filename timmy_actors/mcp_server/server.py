"""Puts the MCP server together: its tools, resources, prompts and extensions."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mcp import MCPError
from mcp.server.apps import EXTENSION_ID as APPS
from mcp.server.lowlevel import Server
from mcp.types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    ListResourcesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
)

from timmy_actors.client import aconnect
from timmy_actors.errors import TimmyError
from timmy_actors.mcp_server import prompts, resources
from timmy_actors.mcp_server.access import Scope, scopes_of
from timmy_actors.mcp_server.arguments import CommandArguments
from timmy_actors.mcp_server.handlers import Handlers
from timmy_actors.mcp_server.refusals import explain
from timmy_actors.mcp_server.results import Json, to_mcp
from timmy_actors.mcp_server.tasks import TASK_AFTER_S, TASKS, Context, Tasks, knows_tasks, methods
from timmy_actors.mcp_server.tools import (
    PROFILES,
    Profile,
    for_operators_only,
    is_for_operators,
    not_permitted,
    tools_of,
)
from timmy_actors.version import __version__

INSTRUCTIONS = (
    "Play a character in a game world. Look with observe, do what available_actions lists with act, talk with speak,"
    " wait with wait_until. A refusal has reason, message and guidance. The prompt 'play' says more."
)
LIST_TTL_MS = 3_600_000
"""How long clients may keep the lists: they never change while the server runs."""
ID_BYTES = 12


@dataclass(frozen=True)
class ServerOptions:
    """What the server offers, and on which daemon."""

    endpoint: str | None = None
    profile: Profile = "full"
    player: str | None = None
    """The player that it plays. None: the daemon's configured one."""
    journal: Path | None = None
    """The daemon's command journal. None: it has none, and there are no tasks."""


class PlayServer:
    """The handlers of the protocol's methods. It holds no state of the game: only the daemon and the journal do."""

    def __init__(self, options: ServerOptions) -> None:
        """Prepare the server; the daemon need not run yet.

        Raises:
            ConfigError: no daemon can listen on the endpoint.
        """
        self._handlers = Handlers(aconnect(options.endpoint), player=options.player, journal=options.journal)
        self._profile = options.profile
        self._tools = tools_of(options.profile)
        self._tasks = None if options.journal is None else Tasks(self._handlers)
        self.server: Server[Any] = Server(
            "timmy-actors",
            version=__version__,
            instructions=INSTRUCTIONS,
            on_list_tools=self._list_tools,
            on_list_resources=self._list_resources,
            on_read_resource=self._read_resource,
            on_list_prompts=self._list_prompts,
            on_get_prompt=self._get_prompt,
        )
        self.server.add_request_handler("tools/call", CallToolRequestParams, self._call_tool)
        self.server.extensions[APPS] = {}
        if self._tasks is not None:
            self.server.extensions[TASKS] = {}
            for name, (params, method) in methods(self._tasks).items():
                self.server.add_request_handler(name, params, method)

    async def _list_tools(self, _context: Context, _params: PaginatedRequestParams | None) -> ListToolsResult:
        return self._listed

    @cached_property
    def _listed(self) -> ListToolsResult:
        # Made once: over HTTP, the SDK (2.3) lists the tools for each call, to check its headers.
        listed = [tool.listed(resources.CARD) for tool in self._tools.values()]
        return ListToolsResult(tools=listed, ttl_ms=LIST_TTL_MS)

    async def _call_tool(self, context: Context, params: CallToolRequestParams) -> CallToolResult | Json:
        tool = self._tools.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, self._no_tool(params.name))
        if tool.scope not in scopes_of(context.request):
            return not_permitted(tool)
        parsed = tool.parse(params.arguments)
        if is_for_operators(parsed) and not self._is_operator(context):
            return for_operators_only()
        if isinstance(parsed, CommandArguments) and self._tasks is not None and knows_tasks(context):
            return await self._command(self._tasks, parsed)
        return await tool.run(self._handlers, parsed)

    def _no_tool(self, name: str) -> str:
        has_it = next((profile for profile in PROFILES if name in tools_of(profile)), None)
        remedy = f"; start this server with --profile {has_it} for it" if has_it is not None else ""
        return f"no tool {name[:100]!r}; there are: {', '.join(self._tools)}{remedy}"

    def _is_operator(self, context: Context) -> bool:
        return self._profile == "operator" and "operate" in scopes_of(context.request)

    async def _command(self, tasks: Tasks, call: CommandArguments) -> CallToolResult | Json:
        """Give a command; if it takes long, answer with a task. The daemon has it in its journal before that."""
        call = call.model_copy(update={"command_id": call.command_id or secrets.token_hex(ID_BYTES)})
        try:
            await self._handlers.submit(call)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TASK_AFTER_S):
                    return to_mcp(await self._handlers.command(call))
            return await tasks.created(call.command_id or "") or to_mcp(await self._handlers.command(call))
        except TimmyError as error:
            return to_mcp(explain(error))

    async def _list_resources(self, _context: Context, _params: PaginatedRequestParams | None) -> ListResourcesResult:
        listed = [spec.listed() for spec in resources.RESOURCES.values()]
        return ListResourcesResult(resources=listed, ttl_ms=LIST_TTL_MS)

    async def _read_resource(self, context: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        _check_scope(context, "observe")
        return await resources.read(self._handlers, str(params.uri))

    async def _list_prompts(self, _context: Context, _params: PaginatedRequestParams | None) -> ListPromptsResult:
        return ListPromptsResult(prompts=[prompts.PLAY], ttl_ms=LIST_TTL_MS)

    async def _get_prompt(self, context: Context, params: GetPromptRequestParams) -> GetPromptResult:
        _check_scope(context, "observe")
        if params.name != prompts.PLAY.name:
            raise MCPError(INVALID_PARAMS, f"no prompt {params.name[:100]!r}; there is: {prompts.PLAY.name}")
        try:
            return await prompts.play(self._handlers.daemon, (params.arguments or {}).get("portal"))
        except TimmyError as error:
            raise MCPError(INTERNAL_ERROR, str(error)) from error


def _check_scope(context: Context, scope: Scope) -> None:
    if scope not in scopes_of(context.request):
        raise MCPError(INVALID_PARAMS, f"needs a token with the scope {scope!r}")

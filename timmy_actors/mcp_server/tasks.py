"""Tasks (`io.modelcontextprotocol/tasks`, revision 2026-07-28) over the command journal.

A task's id is its command's id, and the journal is the only store. So a task survives the end of the daemon and of
this server, however they end, and its outcome is the journal's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    CallToolResult,
    RequestParams,
)
from mcp_types.jsonrpc import MISSING_REQUIRED_CLIENT_CAPABILITY
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import Field

from timmy_actors.errors import RefusedError
from timmy_actors.mcp_server.access import Scope, scopes_of
from timmy_actors.mcp_server.handlers import Handlers
from timmy_actors.mcp_server.refusals import explain_entry
from timmy_actors.mcp_server.results import Done, Json, to_mcp
from timmy_actors.protocol import JournalEntry, MessageId

TASKS = "io.modelcontextprotocol/tasks"
TASK_AFTER_S = 1.0
"""A command that is done sooner is answered at once."""
POLL_INTERVAL_MS = 500
SCOPES_OF_TASKS: tuple[Scope, ...] = ("observe", "act")
"""A token needs one of them to see tasks."""
Context = ServerRequestContext[Any, Any]


class TaskParams(RequestParams):
    """The parameters of `tasks/get` and `tasks/cancel`."""

    task_id: MessageId = Field(alias="taskId")


class UpdateTaskParams(TaskParams):
    """The parameters of `tasks/update`."""

    input_responses: dict[str, Any] = Field(alias="inputResponses", default_factory=dict)


class Tasks:
    """The methods of the extension."""

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers

    async def get(self, context: Context, params: TaskParams) -> Json:
        """`tasks/get`: the task, with its result if it has ended."""
        return detailed(await self._entry(context, params))

    async def cancel(self, context: Context, params: TaskParams) -> Json:
        """`tasks/cancel`: only acknowledged. The game may have the command already, so it keeps its true outcome."""
        await self._entry(context, params)
        return {}

    async def update(self, context: Context, params: UpdateTaskParams) -> Json:
        """`tasks/update`: acknowledged; no task asks for input."""
        await self._entry(context, params)
        return {}

    async def created(self, command_id: str) -> Json | None:
        """The answer to a call that became a task; None: its command has ended, or the journal cannot be read now."""
        try:
            entries = await self._handlers.entries(command_id, 1)
        except RefusedError:
            return None
        if not entries or entries[-1].settled:
            return None
        return {"resultType": "task", **_task(entries[-1])}

    async def _entry(self, context: Context, params: TaskParams) -> JournalEntry:
        check_client(context)
        if scopes_of(context.request).isdisjoint(SCOPES_OF_TASKS):
            raise MCPError(INVALID_PARAMS, f"needs a token with the scope {' or '.join(map(repr, SCOPES_OF_TASKS))}")
        try:
            entries = await self._handlers.entries(params.task_id, 1)
        except RefusedError as refused:
            raise MCPError(INTERNAL_ERROR, refused.message) from refused
        if not entries:
            raise MCPError(INVALID_PARAMS, f"taskId: no task {params.task_id!r} in the command journal")
        return entries[-1]


def knows_tasks(context: Context) -> bool:
    """Whether the client of a request has declared the extension; only the revision of 2026 can carry a task."""
    capabilities = context.session.client_capabilities
    extensions = (capabilities.extensions if capabilities else None) or {}
    return context.protocol_version in MODERN_PROTOCOL_VERSIONS and TASKS in extensions


def check_client(context: Context) -> None:
    """Check that a client may use the extension's methods.

    Raises:
        MCPError: it speaks an older revision, or has not declared the extension.
    """
    if context.protocol_version not in MODERN_PROTOCOL_VERSIONS:
        raise MCPError(METHOD_NOT_FOUND, "Method not found", context.method)
    if not knows_tasks(context):
        required: Json = {"requiredCapabilities": {"extensions": {TASKS: {}}}}
        raise MCPError(
            MISSING_REQUIRED_CLIENT_CAPABILITY, f"declare the extension {TASKS} in the client's capabilities", required
        )


def detailed(entry: JournalEntry) -> Json:
    """A task with its result, as `tasks/get` answers it. A refused command is a completed task: its result says why."""
    task = {"resultType": "complete", **_task(entry)}
    if entry.settled:
        task["result"] = outcome(entry).model_dump(by_alias=True, mode="json", exclude_none=True)
    return task


def outcome(entry: JournalEntry) -> CallToolResult:
    """The answer that the call of `command` would have got."""
    if entry.error is not None:
        return to_mcp(explain_entry(entry.error))
    return to_mcp(Done(command_id=entry.id, action=entry.name, value=entry.value or {}))


def _task(entry: JournalEntry) -> Json:
    changed = entry.settled_at or entry.sent_at or entry.accepted_at
    return {
        "taskId": entry.id,
        "status": "completed" if entry.settled else "working",
        "statusMessage": f"{entry.name}: {entry.state}",
        "createdAt": entry.accepted_at.isoformat(),
        "lastUpdatedAt": changed.isoformat(),
        "ttlMs": None,
        "pollIntervalMs": POLL_INTERVAL_MS,
    }


Method = Callable[[Context, Any], Awaitable[Json]]


def methods(tasks: Tasks) -> dict[str, tuple[type[RequestParams], Method]]:
    """The extension's methods: their parameters and functions."""
    return {
        "tasks/get": (TaskParams, cast("Method", tasks.get)),
        "tasks/cancel": (TaskParams, cast("Method", tasks.cancel)),
        "tasks/update": (UpdateTaskParams, cast("Method", tasks.update)),
    }

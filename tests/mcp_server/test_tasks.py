"""Tasks: a command that takes long is one, and it ends with its true outcome, whatever is killed in the meantime."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import anyio
import pytest
from mcp import Client, MCPError, types
from mcp.client.extension import ClaimContext, ClientExtension, ResultClaim
from mcp.types import CallToolResult
from pydantic import Field

from tests.chaos.callers import GOLD
from tests.mcp_server.clients import LEGACY, MODERN, Connector, HttpServer, http_server
from tests.mcp_server.stage import Stage
from tests.mcp_server.test_tools import content, refused
from tests.waiting import PATIENCE_S
from timmy_actors import aconnect
from timmy_actors.mcp_server.handlers import Handlers
from timmy_actors.mcp_server.tasks import TASKS, Tasks

GIFT = {"name": "give_item", "arguments": {"item": GOLD}, "timeout_s": 60.0, "command_id": "gift"}


class TaskResult(types.Result):
    """A task, as the answer to a call and to `tasks/get`."""

    result_type: Literal["task"] = Field(alias="resultType")
    task_id: str = Field(alias="taskId")
    status: str


class Detailed(types.Result):
    """The answer to `tasks/get`."""

    task_id: str = Field(alias="taskId")
    status: str
    status_message: str = Field(alias="statusMessage")
    result: dict[str, Any] | None = None


class TaskParams(types.RequestParams):
    task_id: str = Field(serialization_alias="taskId")


class TaskRequest(types.Request[TaskParams, str]):
    method: str
    params: TaskParams


class TasksClient(ClientExtension):
    """The client's half of the extension: it polls until the task has ended."""

    identifier = TASKS

    def claims(self) -> list[ResultClaim[Any]]:
        return [ResultClaim(result_type="task", model=TaskResult, resolve=self._resolve)]

    async def _resolve(self, task: TaskResult, context: ClaimContext) -> CallToolResult:
        return await outcome(context.session, task.task_id)


async def get(session: Any, task_id: str, method: str = "tasks/get") -> Detailed:
    request = TaskRequest(method=method, params=TaskParams(task_id=task_id))
    answered: Detailed = await session.send_request(request, Detailed)
    return answered


async def outcome(session: Any, task_id: str) -> CallToolResult:
    with anyio.fail_after(PATIENCE_S):
        while (task := await get(session, task_id)).status != "completed":
            await anyio.sleep(0.05)
    return CallToolResult.model_validate(task.result)


@pytest.fixture
def stage(runtime_folder: Path) -> Iterator[Stage]:
    with Stage(runtime_folder) as stage:
        yield stage


@pytest.fixture
def connector(stage: Stage) -> Connector:
    options = ("--profile", "operator", "--config", str(stage.config))
    return Connector(stage.endpoint, MODERN, options, extensions=(TasksClient(),))


async def started(client: Client) -> TaskResult:
    """A command that became a task."""
    task = await client.session.call_tool("command", GIFT, allow_claimed=True)
    assert isinstance(task, TaskResult)
    assert (task.task_id, task.status) == ("gift", "working")
    return task


def test_a_task_outlives_the_daemon_and_the_server_that_are_killed(stage: Stage, connector: Connector) -> None:
    async def begin(client: Client) -> None:
        stage.freeze()
        await started(client)
        stage.kill_daemon()
        assert (await get(client.session, "gift")).status == "working"
        assert refused(await client.call_tool("observe", {}))[0] == "daemon_unreachable"

    async def end(client: Client) -> None:
        result = await outcome(client.session, "gift")
        assert content(result)["command_id"] == "gift"
        again = await client.call_tool("command", GIFT)
        assert content(again) == content(result)

    connector.run(begin)  # its server ends with it
    stage.go_on()
    stage.start_daemon()
    connector.run(end)
    assert stage.gifts() == 1


def test_a_client_that_waits_through_the_daemons_death_gets_the_outcome(stage: Stage, connector: Connector) -> None:
    async def play(client: Client) -> None:
        stage.freeze()
        async with anyio.create_task_group() as tasks:
            results: list[CallToolResult] = []

            async def give() -> None:
                results.append(await client.call_tool("command", GIFT))

            tasks.start_soon(give)
            with anyio.fail_after(PATIENCE_S):
                while not stage.entries("gift"):
                    await anyio.sleep(0.02)
            stage.kill_daemon()
            stage.start_daemon()
            stage.go_on()
        # The same client plays on with the next daemon.
        with anyio.fail_after(PATIENCE_S):
            while (await client.call_tool("observe", {})).is_error:
                await anyio.sleep(0.05)
        # The daemon may have died before the call became a task: then the answer says how to get the outcome.
        if results[0].is_error:
            assert refused(results[0])[0] == "daemon_unreachable"
            assert content(await outcome(client.session, "gift"))["command_id"] == "gift"
        else:
            assert content(results[0])["command_id"] == "gift"

    connector.run(play)
    assert stage.gifts() == 1


def test_a_quick_command_and_a_refused_one_are_answered_at_once(stage: Stage, connector: Connector) -> None:
    async def play(client: Client) -> None:
        quick = await client.session.call_tool("command", GIFT, allow_claimed=True)
        assert isinstance(quick, CallToolResult)
        assert content(quick)["command_id"] == "gift"
        wrong = {"name": "teleport", "arguments": {"to": "Nowhere"}, "command_id": "wrong"}
        assert refused(await client.call_tool("command", wrong)) == ("no_such_place", "to")
        assert refused(await outcome(client.session, "wrong")) == ("no_such_place", "to")
        assert refused(await client.call_tool("command", {"name": "teleport", "nothing": 1}))[0] == "bad_arguments"

    connector.run(play)


def test_a_cancelled_task_keeps_its_true_outcome(stage: Stage, connector: Connector) -> None:
    async def play(client: Client) -> None:
        stage.freeze()
        await started(client)
        for method in ("tasks/cancel", "tasks/update"):
            request = TaskRequest(method=method, params=TaskParams(task_id="gift"))
            await client.session.send_request(request, types.EmptyResult)
        assert (await get(client.session, "gift")).status == "working"
        stage.go_on()
        assert content(await outcome(client.session, "gift"))["command_id"] == "gift"

    connector.run(play)
    assert stage.gifts() == 1


def test_an_unknown_task_and_a_client_without_the_extension_are_refused(endpoint: str, http: HttpServer) -> None:
    async def unknown(client: Client) -> None:
        with pytest.raises(MCPError, match="no task 'nothing'"):
            await get(client.session, "nothing")

    async def undeclared(client: Client) -> None:
        with pytest.raises(MCPError, match="declare the extension"):
            await get(client.session, "nothing")

    async def old(client: Client) -> None:
        with pytest.raises(MCPError, match="Method not found"):
            await get(client.session, "nothing")

    Connector(endpoint, MODERN, http=http, extensions=(TasksClient(),)).run(unknown)
    Connector(endpoint, MODERN, http=http).run(undeclared)
    Connector(endpoint, LEGACY, http=http).run(old)


def test_a_token_that_may_neither_look_nor_act_sees_no_tasks(endpoint: str, tmp_path: Path) -> None:
    async def look(client: Client) -> None:
        for method in ("tasks/get", "tasks/cancel", "tasks/update"):
            with pytest.raises(MCPError, match="needs a token with the scope 'observe' or 'act'"):
                await get(client.session, "nothing", method)

    token_file = tmp_path / "tokens"
    token_file.touch(0o600)
    token_file.write_text("operator-token-0123456789 operate\n")
    with http_server(endpoint, token_file) as server:
        Connector(endpoint, MODERN, http=server, extensions=(TasksClient(),)).run(look)


def test_a_journal_that_cannot_be_read_makes_no_task(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    journal.write_text("no database" * 100)
    handlers = Handlers(aconnect(f"ipc://{tmp_path}/d"), player=None, journal=journal)
    assert anyio.run(Tasks(handlers).created, "gift") is None

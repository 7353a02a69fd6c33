"""The application: OpenEnv's paths, behind the same guards as the daemon's HTTP server."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body, FastAPI, WebSocket, WebSocketDisconnect
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.types import ASGIApp

from timmy_actors.errors import RefusedError
from timmy_actors.serving.http.app import answer_errors
from timmy_actors.serving.http.cause_log import CauseLog
from timmy_actors.serving.http.guard import REFUSED_SOCKET, Guard, TokenCheck, TokenGuard, bearer
from timmy_actors.serving.openenv.conversation import Conversation, send_error
from timmy_actors.serving.openenv.messages import (
    ResetData,
    StepBody,
    TaskAction,
    TaskObservation,
    TaskState,
    action_model,
)
from timmy_actors.serving.openenv.sessions import Session, Sessions
from timmy_actors.version import __version__
from timmy_actors.worlds import Task

PRIVATE = frozenset({"/reset", "/step", "/state"})
"""These start worlds, and so need the token. The others only describe the task: OpenEnv's validator sends none."""
TRY_LATER = 1013
"""WebSocket's close code for a server that has no place now."""
NO_METHOD = -32601
INVALID_REQUEST = -32600


def make_app(task: Task, sessions: Sessions, *, token: str, idle_s: float, causes: CauseLog) -> ASGIApp:
    """The application with all its layers."""
    check = TokenCheck(token, causes)
    app = FastAPI(title=task.name, version=__version__, description=task.goal, docs_url=None, redoc_url=None)
    actions = action_model(task)
    _describe(app, task, actions)
    _control(app, sessions, actions)
    _converse(app, sessions, actions, check=check, idle_s=idle_s)
    answer_errors(app)
    guarded = TokenGuard(app, token=check, is_private=PRIVATE.__contains__, causes=causes)
    return Guard(guarded, hosts=(), origins=(), causes=causes)


def _describe(app: FastAPI, task: Task, actions: type[TaskAction]) -> None:
    @app.get("/health")
    async def health() -> dict[str, str]:
        """Whether the server runs."""
        return {"status": "healthy"}

    @app.get("/metadata")
    async def metadata() -> dict[str, str]:
        """What the environment is."""
        return {"name": task.name, "description": task.goal, "version": __version__}

    @app.get("/schema")
    async def schema() -> dict[str, Any]:
        """The JSON Schemas of actions, observations and the state."""
        observation = TaskObservation.model_json_schema()
        return {
            "action": actions.model_json_schema(),
            "observation": observation,
            "reset_observation": observation,
            "state": TaskState.model_json_schema(),
        }

    @app.post("/mcp")
    async def mcp(request: Annotated[Any, Body()] = None) -> dict[str, Any]:
        """Answer that there is no method: a task's actions are those of `/schema`, not MCP tools."""
        asked = request if isinstance(request, dict) else {}
        code, message = NO_METHOD, "this environment has no MCP tools: use /ws"
        if not isinstance(asked.get("method"), str):
            code, message = INVALID_REQUEST, "not a JSON-RPC request"
        return {"jsonrpc": "2.0", "id": asked.get("id"), "error": {"code": code, "message": message}}


def _control(app: FastAPI, sessions: Sessions, actions: type[TaskAction]) -> None:
    """HTTP keeps no state: as in OpenEnv's own server, each request has an environment of its own."""

    @app.post("/reset")
    async def reset(data: Annotated[ResetData, Body(default_factory=ResetData)]) -> dict[str, Any]:
        """Begin an episode, and end it."""
        async with sessions.open() as session:
            return (await session.run(lambda: session.play.reset(data))).wire()

    @app.post("/step")
    async def step(body: StepBody) -> dict[str, Any]:
        """Begin an episode, take one step, and end it."""
        try:
            action = actions.model_validate(body.action).action
        except ValidationError as invalid:
            raise RequestValidationError(_below_body(invalid)) from invalid

        def play(session: Session) -> TaskObservation:
            session.play.reset(ResetData())
            return session.play.step(action)

        async with sessions.open() as session:
            return (await session.run(lambda: play(session))).wire()

    @app.get("/state")
    async def state() -> TaskState:
        """The state of an environment in which no episode has begun."""
        async with sessions.open() as session:
            return session.play.state


def _below_body(invalid: ValidationError) -> list[Any]:
    return [{**details, "loc": ("body", "action", *details["loc"])} for details in invalid.errors(include_url=False)]


def _converse(app: FastAPI, sessions: Sessions, actions: type[TaskAction], *, check: TokenCheck, idle_s: float) -> None:
    @app.websocket("/ws")
    async def converse(socket: WebSocket) -> None:
        """A session: its episodes have one world, which ends with the connection."""
        if not check.accepts(bearer(dict(socket.scope["headers"])), socket.scope):
            await socket.close(REFUSED_SOCKET)
            return
        await socket.accept()
        try:
            async with sessions.open() as session:
                await Conversation(socket, session, actions, idle_s).run()
            await socket.close()
        except RefusedError as full:
            await send_error(socket, "CAPACITY_REACHED", full.message)
            await socket.close(TRY_LATER)
        except (RuntimeError, WebSocketDisconnect):
            pass  # the client is gone: no answer is needed

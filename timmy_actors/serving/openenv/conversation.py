"""What a client says on its WebSocket, and what it is answered."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketState

from timmy_actors.errors import TimmyError
from timmy_actors.protocol import first_mistake
from timmy_actors.serving.openenv.messages import ErrorCode, ResetData, TaskAction
from timmy_actors.serving.openenv.sessions import Session

log = logging.getLogger(__name__)

TYPES = "reset, step, state, close"


class Conversation:
    """Answers each message, until the client leaves, closes, or is idle for too long."""

    def __init__(self, socket: WebSocket, session: Session, actions: type[TaskAction], idle_s: float) -> None:
        self._socket = socket
        self._session = session
        self._actions = actions
        self._idle_s = idle_s

    async def run(self) -> None:
        """Run the conversation."""
        while (message := await self._receive()) is not None:
            answer = await self._answer(message)
            if answer is None:
                return
            await self._socket.send_text(json.dumps(answer))

    async def _receive(self) -> str | bytes | None:
        try:
            async with asyncio.timeout(self._idle_s):
                message = await self._socket.receive()
        except TimeoutError:
            text = f"no message within {self._idle_s:g} s: the session has ended; connect again"
            await send_error(self._socket, "SESSION_ERROR", text)
            return None
        if message["type"] == "websocket.disconnect":
            return None
        text_or_bytes: str | bytes | None = message.get("text")
        return message["bytes"] if text_or_bytes is None else text_or_bytes

    async def _answer(self, message: str | bytes) -> dict[str, Any] | None:
        """The answer; None: the client has closed the session."""
        try:
            request = json.loads(message)
        except (ValueError, RecursionError):
            return error("INVALID_JSON", "the message is not JSON")
        if not isinstance(request, dict):
            return error("VALIDATION_ERROR", "the message: must be an object with 'type' and 'data'")
        try:
            return await self._execute(request.get("type"), request.get("data", {}))
        except ValidationError as invalid:
            return error("VALIDATION_ERROR", first_mistake(invalid).at("data"))
        except TimmyError as refused:
            return error("EXECUTION_ERROR", str(refused))

    async def _execute(self, kind: object, data: object) -> dict[str, Any] | None:
        play = self._session.play
        match kind:
            case "reset":
                reset = ResetData.model_validate(data)
                seen = await self._session.run(lambda: play.reset(reset))
                return {"type": "observation", "data": seen.wire()}
            case "step":
                action = self._actions.model_validate(data).action
                seen = await self._session.run(lambda: play.step(action))
                return {"type": "observation", "data": seen.wire()}
            case "state":
                return {"type": "state", "data": play.state.model_dump(mode="json")}
            case "close":
                return None
            case _:
                return error("UNKNOWN_TYPE", f"type: must be one of {TYPES}")


def error(code: ErrorCode, message: str) -> dict[str, Any]:
    """An answer that is an error."""
    return {"type": "error", "data": {"message": message, "code": code}}


async def send_error(socket: WebSocket, code: ErrorCode, message: str) -> None:
    """Send an error, if the client is still there."""
    if socket.client_state is WebSocketState.CONNECTED:
        await socket.send_text(json.dumps(error(code, message)))

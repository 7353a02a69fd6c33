"""Converts a client's request into an actor's message, and an actor's reply into a client's answer. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeAlias

from pydantic import ValidationError

from timmy_actors.errors import ActorError, MailboxFullError, RefusedError
from timmy_actors.portals import PORTAL_MARGIN_S, Caller, Capture, CheckPortal, Execute, ListPortals, UsePortal
from timmy_actors.protocol import (
    ActionResult,
    ActorHealth,
    Answer,
    CaptureRequest,
    CheckPortalRequest,
    CommandRequest,
    CommandResult,
    Description,
    ErrorCode,
    ErrorInfo,
    ExecuteRequest,
    FlightDump,
    GameRoute,
    GameState,
    Health,
    HeartbeatStatus,
    Matches,
    Model,
    PerceptionOutput,
    PortalCheck,
    PortalsRequest,
    Request,
    RequestId,
    TerrainMap,
    UsePortalRequest,
    WorldClock,
)
from timmy_actors.supervision import Reply

PORTALS_TIMEOUT_S = 2.0


class _Identified(Model):
    id: RequestId


def readable_id(frame: bytes) -> str | None:
    """The id of an invalid request, if it can be read."""
    try:
        return _Identified.model_validate_json(frame).id
    except ValidationError:
        return None


def explain(error: Exception) -> ErrorInfo:
    """Convert an exception to the error of an answer."""
    if isinstance(error, RefusedError):
        return ErrorInfo.model_validate({"code": error.code, "message": error.message, "field": error.field})
    code: ErrorCode = "unavailable" if isinstance(error, ActorError) else "internal"
    if isinstance(error, MailboxFullError):
        code = "overloaded"
    return ErrorInfo(code=code, message=str(error) or type(error).__name__)


def to_answer(request: Request, reply: Reply) -> Answer:
    """Convert an actor's reply, a result or an error, to the answer to `request`."""
    try:
        outcome = reply.get(timeout=0)
    except Exception as error:  # noqa: BLE001  whatever it was, the client gets it as an error
        return Answer(id=request.id, command_id=command_id(request), error=explain(error))
    return with_outcome(request, outcome)


def with_outcome(request: Request, outcome: object) -> Answer:
    """The answer to `request` with an actor's result."""
    return Answer(id=request.id, **_fields_of(request, outcome))


_FIELDS: dict[type, str] = {
    PortalCheck: "check",
    GameState: "state",
    ActionResult: "result",
    PerceptionOutput: "snapshot",
    Health: "status",
    ActorHealth: "restarting",
    WorldClock: "clock",
    HeartbeatStatus: "heartbeat",
    FlightDump: "flight",
    Description: "description",
    Matches: "matches",
    GameRoute: "route",
    TerrainMap: "terrain",
}
"""The field of an `Answer` for each type of outcome."""


def _fields_of(request: Request, outcome: Any) -> dict[str, Any]:
    match outcome:
        case CommandResult(id=key) if isinstance(request, CommandRequest) and request.until == "accepted":
            return {"command_id": key, "accepted": True}
        case CommandResult(id=key, value=value, revision=revision, game_ms=game_ms):
            return {"command_id": key, "value": value or {}, "revision": revision, "game_ms": game_ms}
    return {_FIELDS.get(type(outcome), "portals"): outcome}


PortalRequest: TypeAlias = PortalsRequest | UsePortalRequest | CheckPortalRequest | CaptureRequest | ExecuteRequest


def for_portal(request: PortalRequest, caller: Caller) -> tuple[object, float]:
    """The portal's message for a request, and how many seconds to wait for its answer."""
    match request:
        case PortalsRequest():
            return ListPortals(), PORTALS_TIMEOUT_S
        case UsePortalRequest(portal=portal):
            return UsePortal(portal), PORTALS_TIMEOUT_S
        case CheckPortalRequest(portal=portal, timeout_s=timeout_s):
            return CheckPortal(portal, timeout_s, caller), timeout_s + PORTAL_MARGIN_S
        case CaptureRequest(timeout_s=timeout_s, options=options):
            capture = Capture(timeout_s, options, caller)
            return capture, capture.longest_s + PORTAL_MARGIN_S
        case ExecuteRequest(action=action, timeout_s=timeout_s):
            execute = Execute(action, timeout_s, caller)
            return execute, execute.longest_s + PORTAL_MARGIN_S


def command_id(request: Request) -> str | None:
    """The command id in a request, if it has one."""
    return request.command_id if isinstance(request, CommandRequest) else None


def unanswered(request: Request, why: str) -> Answer:
    """The answer to a request that the daemon can no longer finish."""
    if isinstance(request, ExecuteRequest):
        action = request.action
        reason = f"outcome unknown: {why}: the action was cancelled"
        result = ActionResult(
            success=False,
            action=action.action,
            params=action.params,
            timestamp=datetime.now(UTC),
            outcome="unknown",
            reason=reason,
        )
        return Answer(id=request.id, result=result)
    if isinstance(request, CommandRequest):
        message = f"not answered: {why}; give it again later with the command_id to get its outcome"
        return Answer(id=request.id, command_id=request.command_id, error=ErrorInfo(code="in_doubt", message=message))
    return Answer(id=request.id, error=ErrorInfo(code="unavailable", message=f"not answered: {why}"))

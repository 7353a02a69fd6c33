"""From what an actor answered to what a client is told, and from a client's request to what an actor is told. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from timmy_actors.errors import ActorError, MailboxFullError, RefusedError
from timmy_actors.portals import PORTAL_MARGIN_S, Caller, Capture, CheckPortal, Execute, UsePortal
from timmy_actors.protocol import (
    ActionResult,
    Answer,
    CaptureRequest,
    CheckPortalRequest,
    CommandRequest,
    CommandResult,
    ErrorCode,
    ErrorInfo,
    ExecuteRequest,
    GameState,
    Model,
    PerceptionOutput,
    PortalCheck,
    Request,
    RequestId,
    UsePortalRequest,
)
from timmy_actors.supervision import Reply

PORTALS_TIMEOUT_S = 2.0


class _Identified(Model):
    id: RequestId


def readable_id(frame: bytes) -> str | None:
    """The id of a request that is wrong otherwise, if it can be read."""
    try:
        return _Identified.model_validate_json(frame).id
    except ValidationError:
        return None


def explain(error: Exception) -> ErrorInfo:
    """An exception, as what a client is told of it."""
    if isinstance(error, RefusedError):
        return ErrorInfo.model_validate({"code": error.code, "message": error.message, "field": error.field})
    code: ErrorCode = "unavailable" if isinstance(error, ActorError) else "internal"
    if isinstance(error, MailboxFullError):
        code = "overloaded"
    return ErrorInfo(code=code, message=str(error) or type(error).__name__)


def to_answer(request: Request, reply: Reply) -> Answer:
    """What came of a request, or why nothing did."""
    try:
        outcome = reply.get(timeout=0)
    except Exception as error:  # noqa: BLE001  whatever it was, the client is told
        return Answer(id=request.id, command_id=command_id(request), error=explain(error))
    return Answer(id=request.id, **_told(request, outcome))


_FIELDS: dict[type, str] = {
    PortalCheck: "check",
    GameState: "state",
    ActionResult: "result",
    PerceptionOutput: "snapshot",
}
"""The field of an `Answer` that an outcome stands in."""


def _told(request: Request, outcome: Any) -> dict[str, Any]:
    match outcome:
        case CommandResult(id=key) if isinstance(request, CommandRequest) and request.until == "accepted":
            return {"command_id": key, "accepted": True}
        case CommandResult(id=key, value=value, revision=revision):
            return {"command_id": key, "value": value or {}, "revision": revision}
    return {_FIELDS.get(type(outcome), "portals"): outcome}


def for_portal(
    request: UsePortalRequest | CheckPortalRequest | CaptureRequest | ExecuteRequest, caller: Caller
) -> tuple[object, float]:
    """What the portal is told of a request, and for how long its answer is waited for."""
    match request:
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
    """The id of the command that a request gives, if it gives one."""
    return request.command_id if isinstance(request, CommandRequest) else None


def unanswered(request: Request, why: str) -> Answer:
    """What a caller is told whose answer will not come."""
    if isinstance(request, ExecuteRequest):
        action = request.action
        told = f"outcome unknown: {why}: the action was ended"
        result = ActionResult(
            success=False,
            action=action.action,
            params=action.params,
            timestamp=datetime.now(UTC),
            outcome="unknown",
            reason=told,
        )
        return Answer(id=request.id, result=result)
    if isinstance(request, CommandRequest):
        told = f"not answered: {why}; give it again later with the command_id to learn what became of it"
        return Answer(id=request.id, command_id=request.command_id, error=ErrorInfo(code="in_doubt", message=told))
    return Answer(id=request.id, error=ErrorInfo(code="unavailable", message=f"not answered: {why}"))

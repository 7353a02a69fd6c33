"""Every error as problem details (RFC 9457), with the daemon's error codes."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from timmy_actors.protocol import ErrorInfo, Model
from timmy_actors.serving.answers import explain

MEDIA_TYPE = "application/problem+json"
STATUS: dict[str, int] = {
    "bad_message": 400,
    "unsupported_version": 400,
    "unknown_command": 422,
    "bad_arguments": 422,
    "needs_client_input": 422,
    "needs_embedded_world": 409,
    "no_such_player": 404,
    "no_such_place": 404,
    "no_such_cell": 404,
    "no_such_target": 404,
    "not_logged_in": 409,
    "game_refused": 409,
    "not_permitted": 403,
    "expired": 504,
    "in_doubt": 504,
    "overloaded": 503,
    "unavailable": 503,
    "internal": 500,
}
"""The HTTP status of each code of the daemon."""
RETRY_AFTER_S = 1


class ProblemDetails(Model):
    """Why a request was not carried out."""

    type: str = "about:blank"
    """`about:blank`: `status` says all about the kind of problem, `code` the rest."""
    title: str = Field(examples=["Unprocessable Content"])
    """The meaning of the status."""
    status: int = Field(examples=[422])
    detail: str = Field(examples=["teleport: to: is required"])
    """What is wrong, where, and what to do."""
    code: str | None = Field(None, examples=["bad_arguments"])
    """The daemon's code, if the daemon refused the request."""
    field: str | None = Field(None, examples=["to"])
    """The invalid field or argument."""
    command_id: str | None = None
    """The id of the command: repeat it under this `Idempotency-Key` to get its outcome."""


class ProblemError(HTTPException):
    """Raised in a route to answer with a problem."""

    def __init__(self, problem: ProblemDetails, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.status, problem.detail, headers)
        self.problem = problem


def make_problem(status: int, detail: str, **facts: Any) -> ProblemDetails:
    """A problem whose title is the status's phrase."""
    texts = {name: _as_unicode(text) for name, text in {"detail": detail, **facts}.items()}
    return ProblemDetails(title=HTTPStatus(status).phrase, status=status, **texts)


def problem_of(error: Exception, command_id: str | None = None) -> ProblemDetails:
    """The problem for a refusal, or for an actor that did not answer."""
    info = explain(error)
    return problem_of_info(info, command_id)


def problem_of_info(info: ErrorInfo, command_id: str | None = None) -> ProblemDetails:
    """The problem for the daemon's own error."""
    return make_problem(STATUS[info.code], info.message, code=info.code, field=info.field, command_id=command_id)


def _as_unicode(text: Any) -> Any:
    """The text without lone surrogates, which JSON can name and no encoding has."""
    return text.encode("utf-8", "backslashreplace").decode() if isinstance(text, str) else text


def problem_response(problem: ProblemDetails, headers: Mapping[str, str] | None = None) -> Response:
    """The response; a status that may pass says when to try again."""
    retry = {"retry-after": str(RETRY_AFTER_S)} if problem.status in (429, 503) else {}
    content = problem.model_dump_json(exclude_none=True)
    return Response(content, problem.status, {**retry, **(headers or {})}, media_type=MEDIA_TYPE)

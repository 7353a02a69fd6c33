"""Encodes calls as requests and decodes frames into answers; every fault raises one of our errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError

from timmy_actors.client.line import Ended
from timmy_actors.errors import DaemonUnreachableError, ProtocolError, RefusedError
from timmy_actors.protocol import MAX_REQUEST_BYTES, CommandRequest, first_mistake

if TYPE_CHECKING:
    from timmy_actors.protocol import Answer, Pushed, Request

R = TypeVar("R", bound=BaseModel)


def make(kind: type[R], **fields: Any) -> R:
    """Build a request of type `kind`.

    Raises:
        RefusedError: `bad_arguments`: a field is invalid.
    """
    try:
        return kind(**fields)
    except ValidationError as error:
        mistake = first_mistake(error)
        raise RefusedError("bad_arguments", mistake.at("request"), mistake.field) from error


def encode(request: Request) -> bytes:
    """A request as JSON.

    Raises:
        RefusedError: `bad_arguments`: the request cannot be written as JSON, or exceeds the daemon's size limit.
    """
    try:
        frame = request.model_dump_json().encode()
    except PydanticSerializationError as error:
        raise RefusedError("bad_arguments", f"arguments: {error}", "arguments") from error
    if len(frame) > MAX_REQUEST_BYTES:
        message = f"arguments: the request has {len(frame)} bytes, the limit is {MAX_REQUEST_BYTES}"
        raise RefusedError("bad_arguments", message, "arguments")
    return frame


def decode_answer(frame: bytes, request: Request) -> Answer:
    """Decode a daemon's answer to a request of this type: with the fields that such an answer has.

    Raises:
        ProtocolError: the frame is not a valid answer in this version.
    """
    # Imported late: no earlier step needs it.
    from timmy_actors.protocol import answer_model  # noqa: PLC0415

    with _protocol_errors():
        return cast("Answer", answer_model(request.type).model_validate_json(frame))


def answer_to(request: Request, received: bytes | Ended | None, *, endpoint: str, timeout_s: float) -> Answer | None:
    """The answer to `request` in what was received; None: it answers an earlier call that had stopped waiting.

    Raises:
        DaemonUnreachableError: the connection ended, or nothing was received within `timeout_s`.
        ProtocolError: the frame is not a valid answer in this version.
    """
    if isinstance(received, Ended):
        raise DaemonUnreachableError(_unanswered(request, f"the daemon at {endpoint} ended before it answered"))
    if received is None:
        reason = f"the daemon at {endpoint} did not answer within {timeout_s:g} s"
        raise DaemonUnreachableError(_unanswered(request, reason))
    answer = decode_answer(received, request)
    return answer if answer.id in (request.id, None) else None


def _unanswered(request: Request, why: str) -> str:
    if not isinstance(request, CommandRequest):
        return why
    return f"{why}; give the command again with the command_id {request.command_id!r} to get its outcome"


def decode_watched(frame: bytes) -> Pushed | Answer:
    """Decode a message that a daemon sent to a watcher.

    Raises:
        ProtocolError: the frame is not a valid message in this version.
    """
    from timmy_actors.protocol import FROM_DAEMON  # noqa: PLC0415  as in `decode_answer`

    with _protocol_errors():
        return FROM_DAEMON.validate_json(frame)


@contextmanager
def _protocol_errors() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        mistake = first_mistake(error).at("answer")
        raise ProtocolError(
            f"the daemon's answer is invalid ({mistake}): check that the daemon has this client's version"
        ) from error


def raise_refusal(answer: Answer) -> None:
    """Raise the answer's error, if it has one.

    Raises:
        RefusedError: the answer is a refusal.
    """
    if answer.error is not None:
        raise RefusedError(answer.error.code, answer.error.message, answer.error.field)

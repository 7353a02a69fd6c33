"""From calls to requests and from frames to answers: whatever is wrong is told in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError

from timmy_actors.errors import ProtocolError, RefusedError
from timmy_actors.protocol import MAX_REQUEST_BYTES, Request, first_mistake

if TYPE_CHECKING:
    from timmy_actors.protocol import Answer, Pushed

R = TypeVar("R", bound=BaseModel)


def make(kind: type[R], **fields: Any) -> R:
    """A request of that kind.

    Raises:
        RefusedError: `bad_arguments`: it cannot be asked.
    """
    try:
        return kind(**fields)
    except ValidationError as error:
        mistake = first_mistake(error)
        raise RefusedError("bad_arguments", mistake.at("request"), mistake.field) from error


def encode(request: Request) -> bytes:
    """A request as JSON.

    Raises:
        RefusedError: `bad_arguments`: it has no JSON, or is larger than a daemon takes.
    """
    try:
        frame = request.model_dump_json().encode()
    except PydanticSerializationError as error:
        raise RefusedError("bad_arguments", f"arguments: {error}", "arguments") from error
    if len(frame) > MAX_REQUEST_BYTES:
        told = f"arguments: the request has {len(frame)} bytes, it may have {MAX_REQUEST_BYTES}"
        raise RefusedError("bad_arguments", told, "arguments")
    return frame


def decode_answer(frame: bytes) -> Answer:
    """What a daemon answered.

    Raises:
        ProtocolError: this version does not understand it.
    """
    # Not at the top: what a daemon answers takes longer to load than pydantic, and nothing before needs it.
    from timmy_actors.protocol import Answer  # noqa: PLC0415

    with _understood():
        return Answer.model_validate_json(frame)


def decode_watched(frame: bytes) -> Pushed | Answer:
    """What a daemon said to a watcher.

    Raises:
        ProtocolError: it is none that this version understands.
    """
    from timmy_actors.protocol import FROM_DAEMON  # noqa: PLC0415  the same

    with _understood():
        return FROM_DAEMON.validate_json(frame)


@contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        mistake = first_mistake(error).at("answer")
        raise ProtocolError(f"the daemon's answer is not understood ({mistake}): is it of another version?") from error


def raise_refusal(answer: Answer) -> None:
    """Nothing, unless the answer is a refusal.

    Raises:
        RefusedError: it is.
    """
    if answer.error is not None:
        raise RefusedError(answer.error.code, answer.error.message, answer.error.field)

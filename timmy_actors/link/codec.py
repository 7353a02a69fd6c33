"""Messages to bytes and back. Sans-I/O."""

from __future__ import annotations

import math
from typing import Any

from pydantic import ValidationError

from timmy_actors.errors import ProtocolError
from timmy_actors.protocol import EVENT_DATA as _EVENT_DATA  # noqa: F401  with the daemon, or its first event would wait for them to load
from timmy_actors.protocol import SERVER_MESSAGE, Event, Model, Result, ServerMessage, first_mistake

MAX_FRAME_BYTES = 4 * 1024 * 1024
"""The largest message taken from the game: a full snapshot of a hoarder's inventory is under a tenth of it."""


def encode(message: Model) -> bytes:
    """A message as UTF-8 JSON; what is None is left out."""
    return message.model_dump_json(by_alias=True, exclude_none=True).encode()


def decode(frame: bytes) -> ServerMessage:
    """What the game server said.

    Raises:
        ProtocolError: it is no message of this protocol.
    """
    if len(frame) > MAX_FRAME_BYTES:
        raise ProtocolError(f"a message of {len(frame)} bytes, over the limit of {MAX_FRAME_BYTES}")
    try:
        message = SERVER_MESSAGE.validate_json(frame)
    except ValidationError as error:
        raise ProtocolError(first_mistake(error).at("message")) from None
    match message:
        case Result(value=payload) | Event(data=payload) if not _finite(payload):
            raise ProtocolError("a number in it is infinite, or none")
    return message


def _finite(payload: Any) -> bool:
    # The models refuse such numbers where they know the field; pydantic's JSON reader lets them through elsewhere.
    match payload:
        case float():
            return math.isfinite(payload)
        case dict():
            return all(map(_finite, payload.values()))
        case list():
            return all(map(_finite, payload))
    return True

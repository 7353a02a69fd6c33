"""Encodes messages as bytes and decodes them. Sans-I/O."""

from __future__ import annotations

import math
from typing import Any

from pydantic import ValidationError

from timmy_actors.errors import ProtocolError
from timmy_actors.protocol import EVENT_DATA as _EVENT_DATA  # noqa: F401  with the daemon, or its first event would wait for them to load
from timmy_actors.protocol import SERVER_MESSAGE, Event, Model, Result, ServerMessage, first_mistake

MAX_FRAME_BYTES = 4 * 1024 * 1024
"""The largest message accepted from the game; a full snapshot with a very large inventory is under a tenth of it."""


def encode(message: Model) -> bytes:
    """Encode a message as UTF-8 JSON, without the fields that are None."""
    return message.model_dump_json(by_alias=True, exclude_none=True).encode()


def decode(frame: bytes) -> ServerMessage:
    """Decode a message of the game server.

    Raises:
        ProtocolError: the frame is not a message of this protocol.
    """
    if len(frame) > MAX_FRAME_BYTES:
        raise ProtocolError(f"the message has {len(frame)} bytes, over the limit of {MAX_FRAME_BYTES}")
    try:
        message = SERVER_MESSAGE.validate_json(frame)
    except ValidationError as error:
        raise ProtocolError(first_mistake(error).at("message")) from None
    match message:
        case Result(value=payload) | Event(data=payload) if not _finite(payload):
            raise ProtocolError("the message contains a number that is infinite or NaN")
    return message


def _finite(payload: Any) -> bool:
    # The models refuse such numbers in declared fields; pydantic's JSON parser accepts them elsewhere.
    match payload:
        case float():
            return math.isfinite(payload)
        case dict():
            return all(map(_finite, payload.values()))
        case list():
            return all(map(_finite, payload))
    return True

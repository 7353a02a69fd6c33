"""The control channel of the world's process: clock calls on its standard input, answers on its standard output."""

from __future__ import annotations

import os
from collections.abc import Callable

from pydantic import ValidationError

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import ClockCall, ErrorInfo, Model, WorldClock, first_mistake

CHUNK_BYTES = 65536


class ClockAnswer(Model):
    """The answer to a clock call: one of the two is set."""

    clock: WorldClock | None = None
    error: ErrorInfo | None = None

    def refusal(self) -> RefusedError:
        """The refusal of a call that has no clock in its answer."""
        error = self.error or ErrorInfo(code="internal", message="the world's answer is empty")
        return RefusedError(error.code, error.message, error.field)


class Control:
    """Reads calls, one JSON object a line, and answers each with one line.

    Args:
        descriptor: where the calls are read.
        call: executes one; may raise `RefusedError`.
        write: writes one line.
    """

    def __init__(self, descriptor: int, call: Callable[[ClockCall], WorldClock], write: Callable[[str], None]) -> None:
        self.descriptor = descriptor
        self._call = call
        self._write = write
        self._partial = b""

    def read(self) -> bool:
        """Read what has arrived, and answer the calls in it. False once the other side has closed."""
        chunk = os.read(self.descriptor, CHUNK_BYTES)
        *lines, self._partial = (self._partial + chunk).split(b"\n")
        for line in lines:
            self._write(self._answer(line).model_dump_json(exclude_none=True))
        return bool(chunk)

    def _answer(self, line: bytes) -> ClockAnswer:
        try:
            return ClockAnswer(clock=self._call(ClockCall.model_validate_json(line)))
        except ValidationError as error:
            mistake = first_mistake(error)
            return ClockAnswer(error=ErrorInfo(code="bad_arguments", message=mistake.at("call"), field=mistake.field))
        except RefusedError as refused:
            error_info = {"code": refused.code, "message": refused.message, "field": refused.field}
            return ClockAnswer(error=ErrorInfo.model_validate(error_info))

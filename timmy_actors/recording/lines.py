"""One line of an episode: JSON with a checksum as its last member. Sans-I/O."""

from __future__ import annotations

import re
import zlib
from typing import Literal

from pydantic import ValidationError

from timmy_actors.protocol import first_mistake
from timmy_actors.recording.records import LINE, Line

SEAL = re.compile(rb',"crc32":"([0-9a-f]{8})"\}')
SEAL_BYTES = len(',"crc32":"00000000"}')
MAX_LINE_BYTES = 4 * 1024 * 1024
"""A full perception with a very large inventory is under a tenth of it."""


class LineError(ValueError):
    """A line is damaged, edited, or cut at its end; the message says how."""

    def __init__(self, code: Literal["cut", "damaged", "edited"], message: str, line: Line | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.line = line
        """The content of an edited line that is otherwise valid."""


def seal(text: bytes) -> bytes:
    """A JSON object with its checksum, as a line with its end."""
    return text[:-1] + b',"crc32":"%08x"}\n' % zlib.crc32(text)


def unseal(raw: bytes) -> Line:
    """Read a line, without its end.

    Raises:
        LineError: it is damaged, or was edited after it had been written.
    """
    if len(raw) > MAX_LINE_BYTES:
        raise LineError("damaged", f"the line has {len(raw)} bytes, over the limit of {MAX_LINE_BYTES}")
    try:
        line = LINE.validate_json(raw)
    except ValidationError as error:
        raise LineError("damaged", first_mistake(error).at("the line")) from None
    seal_match = SEAL.fullmatch(raw, max(0, len(raw) - SEAL_BYTES))
    if seal_match is None:
        raise LineError("edited", "the checksum is missing", line)
    if zlib.crc32(raw[:-SEAL_BYTES] + b"}") != int(seal_match[1], 16):
        raise LineError("edited", "the checksum differs", line)
    return line

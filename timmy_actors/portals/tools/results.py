"""What a tool answered, whichever way its server says it: text, structured, or as an image. Pure."""

from __future__ import annotations

import ast
import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from timmy_actors.desktop_control import ERROR_META
from timmy_actors.errors import ToolError

MAX_IMAGE_BYTES = 48 * 1024 * 1024
"""An image in an answer, decoded: above a 4k screenshot as PNG of pure noise (33 MB)."""
LONGEST_LITERAL = 1_000
"""Characters of a text that may be Python's way to write a tuple."""
LONGEST_CODE = 64
MAX_TOLD = 500
"""Characters of a server's own words that are passed on."""


@dataclass(frozen=True)
class Image:
    """An image as a server sent it."""

    data: bytes
    mime_type: str


@dataclass(frozen=True)
class ToolAnswer:
    """A tool's answer: a value (None: it said nothing), and images."""

    value: Any
    images: tuple[Image, ...] = ()


def read_answer(
    *,
    is_error: bool,
    content: Sequence[Mapping[str, Any]],
    structured: Any,
    meta: Mapping[str, Any] | None = None,
) -> ToolAnswer:
    """What a `tools/call` result says.

    Raises:
        ToolError: `tool_failed`: the server says so; `bad_result` or `too_large`: what it says is no answer.
    """
    texts = [str(block.get("text", "")) for block in content if block.get("type") == "text"]
    if is_error:
        words = shorten(" ".join(texts)) or "the server says that it failed, and not why"
        raise ToolError("tool_failed", words, _tool_code(meta or {}))
    images = tuple(_image(block) for block in content if block.get("type") == "image")
    return ToolAnswer(_unwrap(structured) if structured is not None else _value(texts), images)


def _tool_code(meta: Mapping[str, Any]) -> str | None:
    """The code of an error, from where the bundled desktop-control puts it. Never from the text: that is for people."""
    error = meta.get(ERROR_META)
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if isinstance(code, str) and len(code) <= LONGEST_CODE else None


def shorten(text: str) -> str:
    """Somebody's words on one line, as far as they are worth repeating."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_TOLD else line[:MAX_TOLD] + " ..."


def _unwrap(structured: Any) -> Any:
    if not isinstance(structured, Mapping):
        return structured
    if structured.keys() == {"result"}:  # how SDKs wrap what is no object
        return parse_text(structured["result"]) if isinstance(structured["result"], str) else structured["result"]
    if structured.get("type") == "text" and isinstance(structured.get("text"), str):
        return parse_text(structured["text"])  # a server that returns TextContent has it listed as its structure
    return dict(structured)


def _value(texts: list[str]) -> Any:
    if not texts:
        return None
    return parse_text(texts[0]) if len(texts) == 1 else [parse_text(text) for text in texts]


def parse_text(text: str) -> Any:
    """The value that a text stands for: JSON, or Python's way to write a tuple, a bool or None; else the text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _python_value(text)


def _python_value(text: str) -> Any:
    if len(text) > LONGEST_LITERAL:
        return text
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text


def _image(block: Mapping[str, Any]) -> Image:
    encoded = block.get("data")
    if not isinstance(encoded, str):
        raise ToolError("bad_result", "the server sent an image without data")
    if len(encoded) > MAX_IMAGE_BYTES * 4 // 3:
        raise ToolError("too_large", f"the server sent an image of more than {MAX_IMAGE_BYTES} bytes")
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ToolError("bad_result", f"the server sent an image that is no base64: {error}") from error
    return Image(data, str(block.get("mime_type") or block.get("mimeType") or ""))

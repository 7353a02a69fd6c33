"""Parses the result of a tool call: text, structured content and images. Pure."""

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
"""Maximum size of a decoded image: more than a 4k screenshot of pure noise as PNG (33 MB)."""
LONGEST_LITERAL = 1_000
"""Maximum length in characters of a text that is parsed as a Python literal."""
LONGEST_CODE = 64
MAX_MESSAGE = 500
"""Maximum length in characters of a server's message in an error."""


@dataclass(frozen=True)
class Image:
    """An image in a tool's answer."""

    data: bytes
    mime_type: str


@dataclass(frozen=True)
class ToolAnswer:
    """A tool's answer: a value (None: the answer is empty), and images."""

    value: Any
    images: tuple[Image, ...] = ()


def read_answer(
    *,
    is_error: bool,
    content: Sequence[Mapping[str, Any]],
    structured: Any,
    meta: Mapping[str, Any] | None = None,
) -> ToolAnswer:
    """The answer in a `tools/call` result.

    Raises:
        ToolError: `tool_failed`: the server reports an error; `bad_result` or `too_large`: an image is unusable.
    """
    texts = [str(block.get("text", "")) for block in content if block.get("type") == "text"]
    if is_error:
        message = shorten(" ".join(texts)) or "the server reports a failure without a reason"
        raise ToolError("tool_failed", message, _tool_code(meta or {}))
    images = tuple(_image(block) for block in content if block.get("type") == "image")
    return ToolAnswer(_unwrap(structured) if structured is not None else _value(texts), images)


def _tool_code(meta: Mapping[str, Any]) -> str | None:
    """The error code that the bundled desktop-control puts into `_meta`. The text is not parsed for a code."""
    error = meta.get(ERROR_META)
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if isinstance(code, str) and len(code) <= LONGEST_CODE else None


def shorten(text: str) -> str:
    """The text on one line, cut to `MAX_MESSAGE` characters."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_MESSAGE else line[:MAX_MESSAGE] + " ..."


def _unwrap(structured: Any) -> Any:
    if not isinstance(structured, Mapping):
        return structured
    if structured.keys() == {"result"}:  # SDKs wrap values that are not objects
        return parse_text(structured["result"]) if isinstance(structured["result"], str) else structured["result"]
    if structured.get("type") == "text" and isinstance(structured.get("text"), str):
        return parse_text(
            structured["text"]
        )  # for a tool that returns TextContent, the SDK also sends it as structured content
    return dict(structured)


def _value(texts: list[str]) -> Any:
    if not texts:
        return None
    return parse_text(texts[0]) if len(texts) == 1 else [parse_text(text) for text in texts]


def parse_text(text: str) -> Any:
    """The value of a text that is JSON or a Python literal; otherwise the text itself."""
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
        raise ToolError("bad_result", f"the server sent an image that is not valid base64: {error}") from error
    return Image(data, str(block.get("mime_type") or block.get("mimeType") or ""))

"""Finds the calls of a table's functions in Lua source text, with the number of their arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

QUOTES = "\"'"
OPENING, CLOSING = "([{", ")]}"
EXPANDS = re.compile(r"^(\.\.\.|unpack\()")
"""Expressions that can expand to any number of arguments."""


@dataclass(frozen=True)
class LuaCall:
    """One call or mention: `arguments` is None where they cannot be counted, or where the function is only named."""

    name: str
    arguments: int | None
    line: int


def without_comments(source: str) -> str:
    """The source without its comments, its line numbers unchanged."""
    return re.sub(r"--[^\n]*", "", source)


def calls(source: str, receiver: str) -> Iterator[LuaCall]:
    """Every `receiver.Name` of the source, in order; names in lower case are not functions of the server."""
    text = without_comments(source)
    for match in re.finditer(rf"\b{receiver}\.([A-Z]\w*)(\()?", text):
        arguments = _arguments(text, match.end()) if match[2] else None
        yield LuaCall(match[1], arguments, text.count("\n", 0, match.start()) + 1)


def _arguments(text: str, start: int) -> int | None:
    pieces = list(_split(text, start))
    if pieces == [""]:
        return 0
    return None if EXPANDS.match(pieces[-1]) else len(pieces)


def _split(text: str, start: int) -> Iterator[str]:
    """The arguments of the call whose parenthesis opens before `start`."""
    depth, piece, quote, at = 0, "", "", start
    while True:
        here = text[at]
        if quote:
            if here == "\\":
                piece, at = piece + here, at + 1
            elif here == quote:
                quote = ""
        elif here in QUOTES:
            quote = here
        elif here in OPENING:
            depth += 1
        elif here in CLOSING and depth == 0:
            yield piece.strip()
            return
        elif here in CLOSING:
            depth -= 1
        elif here == "," and depth == 0:
            yield piece.strip()
            piece, at = "", at + 1
            continue
        piece, at = piece + text[at], at + 1

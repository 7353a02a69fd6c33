"""The calls of a receiver's functions in Lua source text, with how many arguments each is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

QUOTES = "\"'"
OPENING, CLOSING = "([{", ")]}"
EXPANDS = re.compile(r"^(\.\.\.|unpack\()")
"""What may stand for any number of arguments."""


@dataclass(frozen=True)
class LuaCall:
    """One call or mention: `arguments` is None where they can't be counted, or where the function is only named."""

    name: str
    arguments: int | None
    line: int


def without_comments(source: str) -> str:
    """The source with its comments taken out, its lines kept."""
    return re.sub(r"--[^\n]*", "", source)


def calls(source: str, receiver: str) -> Iterator[LuaCall]:
    """Every `receiver.Name` of the source, in order; names that begin in lower case are no functions of the server."""
    text = without_comments(source)
    for found in re.finditer(rf"\b{receiver}\.([A-Z]\w*)(\()?", text):
        arguments = _arguments(text, found.end()) if found[2] else None
        yield LuaCall(found[1], arguments, text.count("\n", 0, found.start()) + 1)


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

"""Lua literals: values as a Lua module has them, in lines of at most 120 characters."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import Any

WIDTH = 120
INDENT = "  "
KEYWORDS = frozenset({
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while",
})  # fmt: skip


@dataclass(frozen=True)
class Reference:
    """An expression that stands as it is: `types.Name`."""

    expression: str


def literal(value: Any) -> str:
    """A value on one line."""
    match value:
        case Reference():
            return value.expression
        case bool():
            return str(value).lower()
        case int() | float():
            return f"{value:.14g}"
        case str():
            return quoted(value)
        case dict():
            return _table([f"{key(name)} = {literal(member)}" for name, member in value.items()])
        case list() | tuple():
            return _table([literal(member) for member in value])
    raise TypeError(f"{value!r} has no Lua literal")


def written(value: Any, prefix: str, depth: int = 0) -> str:
    """`prefix` and a value, broken into lines where they are too long: `local M = `."""
    line = f"{INDENT * depth}{prefix}{literal(value)}"
    if len(line) < WIDTH or not isinstance(value, dict | list | tuple):
        return line
    opening, closing = f"{INDENT * depth}{prefix}{{", f"{INDENT * depth}}}"
    return "\n".join([opening, *_members(value, depth + 1), closing])


def _members(value: dict[str, Any] | list[Any] | tuple[Any, ...], depth: int) -> list[str]:
    if isinstance(value, dict):
        return [written(member, f"{key(name)} = ", depth) + "," for name, member in value.items()]
    if all(isinstance(member, str) for member in value):
        words = ", ".join(map(quoted, value)) + ","
        return textwrap.wrap(words, WIDTH, initial_indent=INDENT * depth, subsequent_indent=INDENT * depth)
    return [written(member, "", depth) + "," for member in value]


def _table(members: list[str]) -> str:
    return f"{{ {', '.join(members)} }}" if members else "{}"


def key(name: str) -> str:
    """A name as the key of a table."""
    is_plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) and name not in KEYWORDS
    return name if is_plain else f"[{quoted(name)}]"


def quoted(text: str) -> str:
    """A string literal: control characters as decimal escapes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda match: f"\\{ord(match[0]):03d}", escaped) + '"'


CLASS_OR_CHARACTER = re.compile(
    r"(?P<class>\[\^?(?:\\x[0-9a-f]{2}|[^\]\\])+\])(?P<repeat>[+*]?)|(?P<anchor>[\^$])|(?P<plain>[-/A-Za-z0-9])"
)


def lua_pattern(expression: str) -> str:
    """A regular expression as a Lua pattern: anchors, plain characters, and character classes with `+` or `*`.

    Raises:
        ValueError: the expression has anything else.
    """
    parts, at = [], 0
    while at < len(expression):
        part = CLASS_OR_CHARACTER.match(expression, at)
        if part is None:
            raise ValueError(
                f"{expression!r} has no Lua pattern at {expression[at:]!r}: use classes, '+', '*', '^' and '$'"
            )
        parts.append(_lua_part(part))
        at = part.end()
    return "".join(parts)


def _lua_part(part: re.Match[str]) -> str:
    if part["plain"]:
        return "%-" if part["plain"] == "-" else part["plain"]
    if part["anchor"]:
        return part["anchor"]
    inner = re.sub(r"\\x([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), part["class"])
    return inner.replace("%", "%%").replace("\x00-", "%z\x01-").replace("\x00", "%z") + part["repeat"]

"""What a terminal may be shown: names, chat and reasons are anybody's words. Pure."""

from __future__ import annotations

import json
import re

_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def harmless(text: str) -> str:
    """A line as a terminal may have it: names and chat are anybody's, and could steer it or turn its text around."""
    return _UNPRINTABLE.sub(lambda found: found[0] if found[0].isprintable() else "\N{REPLACEMENT CHARACTER}", text)


def harmless_lines(text: str) -> str:
    """The same for a text of several lines."""
    return "\n".join(map(harmless, text.splitlines()))


def harmless_json(text: str) -> str:
    """JSON that says the same, with what a terminal must not have escaped."""
    return _UNPRINTABLE.sub(
        lambda found: found[0] if found[0].isprintable() or found[0] == "\n" else json.dumps(found[0])[1:-1], text
    )

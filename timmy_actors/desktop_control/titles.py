"""Titles, as a person gives them. Pure."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence

from timmy_actors.desktop_control.reasons import refused

Titles = str | Sequence[str]


def as_patterns(titles: Titles) -> list[str]:
    """One title or many, as a list.

    Raises:
        RefusedError: there is none, or one is empty.
    """
    patterns = [titles] if isinstance(titles, str) else list(titles)
    if not patterns or not all(pattern.strip() for pattern in patterns):
        raise refused("bad_arguments", "window_title: give a title, or a list of titles, none of them empty")
    return patterns


def matches(title: str, pattern: str) -> bool:
    """Whether a title is the one meant: the same text, letter case and outer spaces aside; `*` stands for anything."""
    if "*" not in pattern:
        return title.strip().casefold() == pattern.strip().casefold()
    literal = pattern.strip().casefold().replace("[", "[[]").replace("?", "[?]")
    return re.match(fnmatch.translate(literal), title.strip().casefold()) is not None

"""The memory of recent beats that a policy is reminded of, within a budget of characters. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

MAX_LINE = 600
"""The characters of one beat: a longer text is cut."""
MAX_BEATS = 500


@dataclass(frozen=True)
class _Entry:
    boot: str | None
    game_ms: int | None
    line: str


class Memory:
    """One line a beat. When the world is restored to an earlier time, what had not happened then is forgotten.

    Args:
        budget: the most characters that are recalled.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._entries: deque[_Entry] = deque(maxlen=MAX_BEATS)

    def add(self, line: str, *, boot: str | None = None, game_ms: int | None = None) -> None:
        """Remember a beat, and when it was in the game's time."""
        self._entries.append(_Entry(boot, game_ms, line if len(line) <= MAX_LINE else line[: MAX_LINE - 1] + "…"))

    def on_time(self, boot: str | None, game_ms: int | None) -> int:
        """Forget the beats that are later than the game's present time. Returns how many: 0 where time moved on."""
        if boot is None or game_ms is None:
            return 0
        future = [entry for entry in self._entries if _is_later(entry, boot, game_ms)]
        if future:
            kept = [entry for entry in self._entries if not _is_later(entry, boot, game_ms)]
            self._entries = deque(kept, maxlen=MAX_BEATS)
        return len(future)

    def recall(self) -> tuple[str, ...]:
        """The newest lines that fit into the budget, the oldest first."""
        lines: list[str] = []
        left = self._budget
        for entry in reversed(self._entries):
            left -= len(entry.line) + 1
            if left < 0:
                break
            lines.append(entry.line)
        return tuple(reversed(lines))


def _is_later(entry: _Entry, boot: str, game_ms: int) -> bool:
    return entry.boot == boot and entry.game_ms is not None and entry.game_ms > game_ms

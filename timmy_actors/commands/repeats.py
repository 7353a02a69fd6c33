"""Repeats of commands that only the journal can answer: the link is down, and it has been asked. Pure."""

from __future__ import annotations

from collections import defaultdict

from timmy_actors.commands.pending import Repeat


class Repeats:
    """The repeats that wait, by the command's id."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, list[Repeat]] = defaultdict(list)

    def add(self, command_id: str, repeat: Repeat) -> None:
        """Have a repeat wait."""
        self._waiting[command_id].append(repeat)

    def take_all(self) -> list[Repeat]:
        """Remove and return the repeats of all commands."""
        return [repeat for command_id in self.ids() for repeat in self.take(command_id)]

    def ids(self) -> tuple[str, ...]:
        """The ids of the commands that are waited for."""
        return tuple(self._waiting)

    def first_due(self, command_id: str) -> float | None:
        """The earliest deadline of a command's repeats, in monotonic seconds; None: there is none."""
        return min((repeat.waiter.due for repeat in self._waiting.get(command_id, ())), default=None)

    def take(self, command_id: str, due_before: float = float("inf")) -> list[Repeat]:
        """Remove and return a command's repeats, those due at or before a time."""
        repeats = self._waiting.pop(command_id, [])
        kept = [repeat for repeat in repeats if repeat.waiter.due > due_before]
        if kept:
            self._waiting[command_id] = kept
        return [repeat for repeat in repeats if repeat.waiter.due <= due_before]

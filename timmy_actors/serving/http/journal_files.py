"""Reads the command journal beside the daemon that writes it, in a worker thread: SQLite blocks."""

from __future__ import annotations

import asyncio
from itertools import islice

from timmy_actors.journal import Reader
from timmy_actors.protocol import JournalEntry
from timmy_actors.serving.http.options import HttpOptions
from timmy_actors.serving.http.problems import ProblemError, make_problem

Numbered = tuple[int, JournalEntry]
MAX_READERS = 4
"""Readers at work at once: the others wait, as each occupies a thread."""


class JournalFiles:
    """The journal's entries.

    Every method raises `ProblemError` (503) if the journal is disabled, and `JournalUnusableError` if it cannot be
    read.
    """

    def __init__(self, options: HttpOptions) -> None:
        self._path = options.journal
        self._client = options.client
        self._turns = asyncio.Semaphore(MAX_READERS)

    async def find(self, command_id: str) -> JournalEntry | None:
        """This daemon's command with this id."""
        async with self._turns:
            return await asyncio.to_thread(self._find, command_id)

    async def page(self, after: int | None, limit: int) -> list[Numbered]:
        """At most `limit` commands with a number above `after`; None: the newest."""
        async with self._turns:
            return await asyncio.to_thread(self._page, after, limit)

    def _find(self, command_id: str) -> JournalEntry | None:
        with self._open() as reader:
            mine = (entry for entry in reader.named(command_id) if entry.client == self._client)
            return next(mine, None)

    def _page(self, after: int | None, limit: int) -> list[Numbered]:
        with self._open() as reader:
            return reader.newest(limit) if after is None else list(islice(reader.after(after), limit))

    def _open(self) -> Reader:
        if self._path is None:
            reason = "the command journal is disabled: set journal.enabled = true"
            raise ProblemError(make_problem(503, reason, code="unavailable"))
        return Reader(self._path)

"""The command journal: `/v1/journal`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from timmy_actors.serving.http.api import as_json
from timmy_actors.serving.http.journal_files import JournalFiles
from timmy_actors.serving.http.models import JournalPage, line_of

MAX_PAGE = 200
MAX_NUMBER = 2**63 - 1
"""SQLite's largest integer."""


def journal_routes(journal: JournalFiles) -> APIRouter:
    """The route."""
    router = APIRouter(tags=["commands"])

    @router.get("/v1/journal", response_model=JournalPage)
    async def page(
        after: Annotated[
            int | None, Query(ge=0, le=MAX_NUMBER, description="The `last` of the page before. Default: the newest.")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    ) -> Response:
        """The daemon's commands, in the order of their acceptance."""
        entries = tuple(line_of(number, entry) for number, entry in await journal.page(after, limit))
        return as_json(JournalPage(entries=entries, last=entries[-1].number if entries else after or 0))

    return router

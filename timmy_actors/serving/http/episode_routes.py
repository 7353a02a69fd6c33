"""Recorded episodes: `/v1/episodes`."""

from __future__ import annotations

import asyncio
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from timmy_actors.errors import EpisodesUnusableError
from timmy_actors.recording import BeatRecord, find_episode, list_episodes, picture_file, read_beats, read_page
from timmy_actors.serving.http.api import Api, as_json
from timmy_actors.serving.http.models import EpisodeLine, EpisodeList, EpisodePage
from timmy_actors.serving.http.problems import ProblemError, make_problem

MAX_PAGE = 200
MAX_PAGE_BYTES = 1024 * 1024
"""Of records as they are stored; a record that is longer is a page of its own."""
MAX_LISTED = 1_000
MAX_BEAT = 2**31 - 1
MAX_READERS = 4
"""Reads at once: the others wait, as each occupies a thread."""
EpisodeId = Annotated[str, Path(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Beat = Annotated[int, Path(ge=1, le=MAX_BEAT)]
JPEG = "image/jpeg"


def episode_routes(api: Api) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["episodes"])
    turns = asyncio.Semaphore(MAX_READERS)
    folder = api.options.episodes

    @router.get("/v1/episodes", response_model=EpisodeList)
    async def episodes() -> Response:
        """The recorded episodes, the newest first."""
        async with turns:
            return as_json(await asyncio.to_thread(_list, folder))

    @router.get("/v1/episodes/{episode}", response_model=EpisodePage)
    async def page(
        episode: EpisodeId,
        after: Annotated[int, Query(ge=0, le=MAX_BEAT, description="The number of the last beat before the page.")] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 20,
    ) -> Response:
        """Beats of an episode, in order: at most `limit`, and about 1 MiB. A page without beats is the last one."""
        async with turns:
            beats = await asyncio.to_thread(_page, folder, episode, after, limit)
        return as_json(EpisodePage(beats=beats, last=beats[-1].beat if beats else after))

    @router.get(
        "/v1/episodes/{episode}/pictures/{beat}",
        responses={200: {"content": {JPEG: {}}, "description": "The picture."}},
        response_class=Response,
    )
    async def picture(episode: EpisodeId, beat: Beat) -> Response:
        """The picture of a beat."""
        async with turns:
            data = await asyncio.to_thread(_picture, folder, episode, beat)
        return Response(data, media_type=JPEG)

    return router


def _list(folder: FilePath) -> EpisodeList:
    listed = list_episodes(folder)[:MAX_LISTED]
    return EpisodeList(episodes=tuple(EpisodeLine.model_validate(one, from_attributes=True) for one in listed))


def _page(folder: FilePath, episode: str, after: int, limit: int) -> tuple[BeatRecord, ...]:
    return read_page(_find(folder, episode), after, limit, MAX_PAGE_BYTES)


def _picture(folder: FilePath, episode: str, number: int) -> bytes:
    path = _find(folder, episode)
    beat = next(read_beats(path, number - 1), None)
    file = picture_file(path, beat.picture) if beat is not None and beat.beat == number else None
    try:
        if file is not None:
            return file.read_bytes()
    except OSError:
        pass  # it was deleted since then
    raise ProblemError(make_problem(404, f"beat {number} of {episode} has no picture"))


def _find(folder: FilePath, episode: str) -> FilePath:
    try:
        return find_episode(folder, episode)
    except EpisodesUnusableError as error:
        raise ProblemError(make_problem(404, f"no such episode as {episode!r}: /v1/episodes lists them")) from error

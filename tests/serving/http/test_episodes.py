from __future__ import annotations

import shutil

import pytest

from tests.recording.beats import STORED_WITHIN_S, beat, picture, record
from tests.serving.http.daemons import HttpDaemon
from timmy_actors.daemon import episodes_folder
from timmy_actors.recording import EpisodeWriter


@pytest.fixture(scope="module", autouse=True)
def episode(daemon: HttpDaemon) -> None:
    """An episode of three beats in the daemon's folder."""
    folder = record(episodes_folder(daemon.runtime.settings), 3)
    (folder / "pictures" / "000003.jpg").unlink()


def test_episodes_are_listed(daemon: HttpDaemon) -> None:
    (listed,) = daemon.get("/v1/episodes")["episodes"]
    assert (listed["id"], listed["beats"], listed["outcome"], listed["meta"]) == (
        "one",
        3,
        "success",
        {"goal": "Go north."},
    )


def test_beats_come_in_pages(daemon: HttpDaemon) -> None:
    page = daemon.get("/v1/episodes/one", params={"limit": 2})
    assert ([beat["beat"] for beat in page["beats"]], page["last"]) == ([1, 2], 2)
    page = daemon.get("/v1/episodes/one", params={"after": page["last"]})
    assert ([beat["beat"] for beat in page["beats"]], page["last"]) == ([3], 3)


def test_a_page_of_large_beats_is_bounded_by_its_bytes_and_has_one_at_least(daemon: HttpDaemon) -> None:
    writer = EpisodeWriter(episodes_folder(daemon.runtime.settings), episode_id="large", meta={})
    for number, size in enumerate((400_000, 400_000, 400_000, 1_000_000, 10), start=1):
        writer.write(beat(number, observation={"text": "x" * size}, observation_hash=""))
    assert writer.flush(STORED_WITHIN_S)
    writer.close("success")
    pages, last = [], 0
    while beats := daemon.get("/v1/episodes/large", params={"after": last, "limit": 200})["beats"]:
        pages.append([each["beat"] for each in beats])
        last = pages[-1][-1]
    shutil.rmtree(writer.episode)
    assert pages == [[1, 2], [3], [4, 5]]


def test_a_beats_picture_is_served(daemon: HttpDaemon) -> None:
    response = daemon.client.get("/v1/episodes/one/pictures/1")
    assert (response.status_code, response.headers["content-type"], response.content) == (200, "image/jpeg", picture())


@pytest.mark.parametrize("path", ["two", "one/pictures/3", "one/pictures/4", "..%2fone", ".one"])
def test_what_is_not_there_is_a_problem(daemon: HttpDaemon, path: str) -> None:
    problem = daemon.get(f"/v1/episodes/{path}", 422 if path == ".one" else 404)
    assert problem["detail"]

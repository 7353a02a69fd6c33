"""One screen and one server for the tests of a file; each test starts its own programs on the screen."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop_control.stage import Screen, Server, Xev, skip_unless_installed


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    """A screen with a window manager."""
    skip_unless_installed()
    with tempfile.TemporaryDirectory(prefix="ta-screen-") as folder, Screen(Path(folder)) as started:
        yield started


@pytest.fixture(scope="module")
def shared_server(screen: Screen) -> Iterator[Server]:
    """A server on the shared screen."""
    with Server.on(screen) as started:
        yield started


@pytest.fixture
def server(shared_server: Server) -> Iterator[Server]:
    """The shared server, with no key pressed and the pointer in the middle."""
    shared_server.do("move_to", x=640, y=400)
    yield shared_server
    shared_server.do("release_all")


@pytest.fixture
def xev(screen: Screen) -> Iterator[Xev]:
    """A running xev that has the focus."""
    with Xev(screen).shown() as shown:
        yield shown

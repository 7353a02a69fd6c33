"""One daemon on the embedded world, with HTTP, for all tests of this folder."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.http.daemons import HttpDaemon, serving
from tests.waiting import eventually
from timmy_actors import Runtime
from timmy_actors.daemon import DesktopSettings, HttpSettings, RecordingSettings, Settings, WorldSettings
from timmy_actors.protocol import Health
from timmy_actors.system import config_folder


@pytest.fixture
def nothing_left_behind(runtime_folder: Path) -> None:
    """The daemon of all tests starts threads during any of them: `daemon` checks that they end."""


@pytest.fixture(scope="package")
def daemon() -> Iterator[HttpDaemon]:
    """A daemon that perceives Timmy, and its client."""
    pytest.importorskip("lupa.luajit21")
    before = set(threading.enumerate())
    folder = Path(tempfile.mkdtemp(prefix="ta-"))
    folder.chmod(0o700)
    settings = Settings(
        world=WorldSettings(),
        http=HttpSettings(enabled=True, port=0, allowed_hosts=("timmy.example.org",)),
        desktop=DesktopSettings(captures_folder=str(folder / "captures"), pass_environment=()),
        recording=RecordingSettings(folder=str(folder / "episodes")),
    )
    with Runtime(settings, folder=config_folder(), endpoint=f"ipc://{folder}/socket") as runtime:
        runtime.wait_ready(60)
        with serving(runtime) as served:
            eventually(lambda: shows_all(runtime.status(), served))
            yield served
    eventually(lambda: set(threading.enumerate()) <= before)
    shutil.rmtree(folder)


def shows_all(health: Health, daemon: HttpDaemon) -> bool:
    """Whether the published health, which is up to 0.25 s old, shows the link, the player and the server as up."""
    return health.link.carries and health.http == daemon.status and any(not seen.stale for seen in health.perceptions)


@pytest.fixture(scope="package", autouse=True)
def no_proxy() -> Iterator[None]:
    """A proxy for the network must not see calls of this host."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            patch.delenv(name)
        yield

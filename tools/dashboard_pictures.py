"""Takes the pictures of the dashboard: `python -m tools.dashboard_pictures FOLDER`. Needs Chromium, Xvfb and openbox.

The daemon runs on the embedded world, and its portal sees a window with a picture drawn here: no art of any game.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from Xlib import X, display

from timmy_actors import RefusedError, Runtime
from timmy_actors.daemon import (
    DesktopSettings,
    HeartbeatSettings,
    HttpSettings,
    JournalSettings,
    PythonSettings,
    RecordingSettings,
    Settings,
    SteamSettings,
)
from timmy_actors.heartbeat import Question
from timmy_actors.system import config_folder
from tools.browser import Page, browsing

WINDOW, SCREEN = (1280, 720), "1400x900x24"
TITLE = "TES3MP"
FOR_CHARTS_S = 70.0
"""Long enough for the charts to show a minute."""
STEP_S = 1.0
BALMORA = (-23894.0, -15079.0, 505.0)
BEATS_HZ, BEATS_A_LINE = 0.5, 8
LINES = ("Has anybody seen Fargoth?", "He has lost his ring.", "I am going to the lighthouse.")
SKY = 6
"""Bands of the sky."""
COLOURS = 256
"""A page has few: a picture of them is small."""
PHONE = (390, 844)
PARTS = (".card.map", ".card.tree", ".card.log")
"""What each of the phone's pictures begins with, after the first."""


def landscape() -> Image.Image:
    """A made-up landscape: sky, hills and a road."""
    width, height = WINDOW
    picture = Image.new("RGB", WINDOW)
    draw = ImageDraw.Draw(picture)
    for band in range(SKY):
        colour = (112 + 16 * band, 146 + 10 * band, 176 + 6 * band)
        draw.rectangle((0, band * height / SKY / 2, width, height), fill=colour)
    far = [(0, 330), (170, 250), (330, 340), (560, 170), (700, 260), (900, 190), (1100, 310), (1280, 240)]
    near = [(0, 470), (260, 380), (520, 450), (800, 370), (1040, 440), (1280, 390)]
    for hills, colour in ((far, (118, 116, 124)), (near, (124, 120, 88))):
        draw.polygon([*hills, (width, height), (0, height)], fill=colour)
    draw.polygon([(470, height), (612, 448), (648, 442), (640, 520), (760, height)], fill=(176, 158, 122))
    return picture


@contextmanager
def screen() -> Iterator[None]:
    """A screen without a monitor, with one window that shows the landscape."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, pass_fds=[write], stdout=quiet, stderr=quiet)  # noqa: S603  our own words
    os.close(write)
    try:
        with os.fdopen(read) as name:
            os.environ["DISPLAY"] = f":{name.readline().strip()}"
        connection = display.Display()
        with contextlib.closing(connection), _running("openbox"):
            _await_manager(connection)
            _show(connection, landscape())
            yield
    finally:
        server.terminate()
        server.wait()


@contextmanager
def _running(program: str) -> Iterator[None]:
    process = subprocess.Popen([program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603  as above
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _await_manager(connection: display.Display) -> None:
    """Wait until the window manager runs: it loses a window that appears while it starts."""
    listed = connection.intern_atom("_NET_CLIENT_LIST")
    while connection.screen().root.get_full_property(listed, 0) is None:
        pause(0.05)


def _show(connection: display.Display, picture: Image.Image) -> None:
    root = connection.screen().root
    depth = connection.screen().root_depth
    window = root.create_window(0, 0, *WINDOW, 0, depth, X.InputOutput, X.CopyFromParent, event_mask=X.ExposureMask)
    window.set_wm_name(TITLE)
    pixels = root.create_pixmap(*WINDOW, depth)
    pixels.put_pil_image(root.create_gc(), 0, 0, picture)
    window.change_attributes(background_pixmap=pixels)
    window.map()
    connection.next_event()  # it is visible, and the server shows the picture wherever the window is


@contextmanager
def daemon(folder: Path) -> Iterator[Runtime]:
    """A daemon that serves the dashboard."""
    settings = Settings(
        http=HttpSettings(enabled=True, port=0, token_file=str(folder / "token")),
        desktop=DesktopSettings(captures_folder=str(folder / "captures")),
        steam=SteamSettings(command=()),
        journal=JournalSettings(file=str(folder / "journal")),
        recording=RecordingSettings(folder=str(folder / "episodes")),
        heartbeat=HeartbeatSettings(
            enabled=True,
            policy="python",
            goal="Find Fargoth, and ask him about his ring.",
            thinking="go_on",
            rate_hz=BEATS_HZ,
            python=PythonSettings(function="tools.dashboard_pictures:decide"),
        ),
    )
    with Runtime(settings, folder=config_folder(), endpoint=f"ipc://{folder}/daemon.sock") as runtime:
        runtime.wait_ready(60)
        yield runtime


def decide(question: Question) -> dict[str, Any]:
    """The heartbeat's policy: it looks around, and asks now and then."""
    if question.beat % BEATS_A_LINE == 1:
        return {"tool": "chat", "arguments": {"text": LINES[question.beat // BEATS_A_LINE % len(LINES)]}}
    return {"tool": "turn", "arguments": {"by": 30}}


def signed_in(runtime: Runtime) -> str:
    """The dashboard's address with its token."""
    while (http := runtime.status().http) is None or http.state != "up":
        pause(0.1)
    return f"{http.url}#token={Path(http.token_file).read_text().strip()}"


def pause(seconds: float) -> None:
    """Let the daemon and the page run."""
    threading.Event().wait(seconds)


def play(runtime: Runtime) -> None:
    """Something to see: the world is killed and recovers, Timmy walks and talks, and a click is made in the window."""
    world = runtime.status().world
    assert world is not None and world.pid is not None  # noqa: S101, PT018  the embedded world is up
    os.kill(world.pid, signal.SIGKILL)
    pause(3)
    runtime.wait_ready(60)
    runtime.command("give_item", item="gold_001", count=25)
    with contextlib.suppress(RefusedError):
        runtime.command("teleport", to="Nowhere")
    runtime.capture(timeout_s=60)  # starts the desktop server
    clicked = runtime.execute("click", x=628, y=470)
    assert clicked.success, clicked.reason  # noqa: S101  or the picture shows a failure
    runtime.capture(timeout_s=60)
    walk(runtime, time.monotonic() + FOR_CHARTS_S)
    runtime.command("chat", player="Jiub", text="He is at the lighthouse again.")


def walk(runtime: Runtime, until: float) -> None:
    """Walk from Balmora to the north-east, winding."""
    x, y, z = BALMORA
    step = 0
    while time.monotonic() < until:
        step += 1
        x, y = x + 380 * (1 + math.sin(step / 5)), y + 420 * (1 + math.cos(step / 4))
        runtime.command("teleport", x=x, y=y, z=z, yaw=45)
        pause(STEP_S)
    runtime.command("teleport", to="Balmora")


def save(picture: Image.Image, path: Path) -> None:
    """Save a picture with few colours."""
    # An octree keeps the colours of small marks, which a median cut loses.
    few = picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def shot(page: Page) -> Image.Image:
    """The page as it is on the screen."""
    return Image.open(io.BytesIO(page.driver.get_screenshot_as_png())).convert("RGB")


def whole(page: Page, width: int) -> Image.Image:
    """The whole page, on a screen as high as it is."""
    page.resize((width, 900))
    pause(1)
    page.resize((width, page.run("return document.documentElement.scrollHeight")))
    pause(1.5)
    return shot(page)


def phone(page: Page) -> Image.Image:
    """Parts of the page on a phone, side by side."""
    page.resize(PHONE, scale=1.5)
    pause(1.5)
    pictures = [shot(page)]
    for part in PARTS:
        page.run("document.querySelector(arguments[0]).scrollIntoView({ behavior: 'instant' }); scrollBy(0, -8)", part)
        pause(0.7)
        pictures.append(shot(page))
    gap = 24
    width, height = pictures[0].size
    joined = Image.new("RGB", (len(pictures) * (width + gap) - gap, height), "white")
    for index, picture in enumerate(pictures):
        joined.paste(picture, (index * (width + gap), 0))
    return joined


def take(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ta-") as own, screen(), daemon(Path(own)) as runtime, browsing() as page:
        page.prefer()
        page.resize((1440, 900))
        page.open(signed_in(runtime))
        page.shows("#connection-state", "Live")
        play(runtime)
        save(whole(page, 1440), folder / "dashboard-light.png")
        page.prefer(scheme="dark")
        page.press("#map-all")
        save(whole(page, 1440), folder / "dashboard-dark.png")
        page.prefer()
        page.press("#map-follow")
        save(phone(page), folder / "dashboard-phone.png")


if __name__ == "__main__":
    take(Path(sys.argv[1]))

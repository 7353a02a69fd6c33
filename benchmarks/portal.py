"""What a look at a game costs: desktop-control, its parts alone, and the server that the specification names."""

from __future__ import annotations

import ctypes
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import mss
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from PIL import Image

from benchmarks.contenders import mcp_pyautogui
from benchmarks.harness import Figure, Note, Reading, in_turn, p50
from timmy_actors import Runtime
from timmy_actors.daemon import (
    DesktopSettings,
    JournalSettings,
    LinkSettings,
    Settings,
    SteamSettings,
    WorldSettings,
)
from timmy_actors.protocol import PORTAL_TIMEOUT_S

WIDTH, HEIGHT = 1920, 1080
QUALITY = 85
IN_THE_OPEN, COVERED = 1.2, 1.5
"""So many times mss and Pillow alone a whole look may take."""
CAPTURES = 1_000
MAX_GROWTH_MB = 10.0
HEAP = ((-3, 1 << 25), (-1, 1 << 26))
"""mallopt(3): M_MMAP_THRESHOLD and M_TRIM_THRESHOLD, in bytes."""
HEAP_VARIABLES = {"MALLOC_MMAP_THRESHOLD_": str(1 << 25), "MALLOC_TRIM_THRESHOLD_": str(1 << 26)}
"""The same for the other process that takes such captures."""
START_WITHIN_S = 60.0
"""The first look starts the server, which takes long on a busy machine."""
CALLS = 5
"""Of the fast ones a round; a PNG takes a third of a second, and is taken once."""


def run() -> Iterator[Figure | Note | Reading]:
    """Every figure of this room."""
    if shutil.which("Xvfb") is None:
        yield Note("the portal's figures need Xvfb: apt install xvfb")
        return
    _keep_the_heap()
    with tempfile.TemporaryDirectory(prefix="ta-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        display = stack.enter_context(screen())
        stack.enter_context(window("game", display))
        portal = stack.enter_context(start_blocking_portal())
        ours = _calls(portal, stack, _desktop_control(display, folder))
        bare = _bare(stack, display, folder / "bare.jpg")
        yield from _compared(ours, bare, _theirs(portal, stack, display, folder))
        least = _calls(portal, stack, _least(display, folder))
        yield _whole("a bare MCP tool that takes the same picture", least, bare)
        look = states(stack, display, folder)
        yield _whole("capture_state, 1920x1080 JPEG and the rest", look, bare, IN_THE_OPEN)
        yield _growth(look)
        stack.enter_context(window("cover", display))
        yield _whole("capture_state of a covered window, the same", look, bare, COVERED)


def _keep_the_heap() -> None:
    """Have glibc keep freed memory in this process, which takes the bare captures.

    By default that depends on what was freed before: a bare capture has 4,200 page faults and takes 29 ms, or none and
    takes 16 ms (glibc 2.36).
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for option, value in HEAP:
            libc.mallopt(option, value)


Take = Callable[..., None]


def _compared(ours: Take, bare: Callable[[], None], theirs: Take) -> Iterator[Figure]:
    mine, alone, png, jpeg = in_turn(
        lambda: _ms(lambda: ours(filename="game.jpg", window_title="game")),
        lambda: _ms(bare),
        lambda: _ms(lambda: theirs(filename="their.png"), 1),
        lambda: _ms(lambda: theirs(filename="their.jpg")),
    )
    yield Figure(
        "capture of a window, 1920x1080 JPEG", mine, alone, "<= 2 x", lambda ratio: ratio <= 2, "ms", "mss+JPEG"
    )
    yield Figure("the same", mine, png, "<= 0.1 x", lambda ratio: ratio <= 0.1, "ms", "mcp-pyautogui PNG")
    yield Figure("the same", mine, jpeg, unit="ms", yardstick_name="mcp-pyautogui JPEG")


def _whole(name: str, capture: Callable[[], None], bare: Callable[[], None], hold: float | None = None) -> Figure:
    state, alone = in_turn(lambda: _ms(capture), lambda: _ms(bare))
    goal = f"<= {hold:g} x" if hold else ""
    return Figure(name, state, alone, goal, lambda ratio: hold is None or ratio <= hold, "ms", "mss+JPEG")


def _growth(capture: Callable[[], None]) -> Reading:
    """By how much the largest of this process and those it started grows over so many captures."""
    pids = [os.getpid(), *_children(os.getpid())]
    before = {pid: _resident_mb(pid) for pid in pids}
    for _ in range(CAPTURES):
        capture()
    grown = max(_resident_mb(pid) - before[pid] for pid in pids)
    hold = f"<= {MAX_GROWTH_MB:g} MB"
    return Reading(f"memory over {CAPTURES} captures", [grown], hold, lambda mb: mb <= MAX_GROWTH_MB, "MB")


def _children(pid: int) -> list[int]:
    texts = (Path(f"/proc/{pid}/task/{task.name}/children").read_text() for task in Path(f"/proc/{pid}/task").iterdir())
    return [int(child) for text in texts for child in text.split()]


def _resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0]) / 1024


def states(stack: ExitStack, display: str, folder: Path) -> Callable[[], None]:
    """A daemon's whole look, through its actors; a look without a picture is no figure."""
    entry = {"id": "game", "name": "Game", "description": "", "app_id": 0, "window_title": "game"}
    (folder / "portals.json").write_text(json.dumps([{**entry, "destination": {"type": "harness"}}]))
    settings = Settings(
        portal="game",
        world=WorldSettings(embedded=False),
        link=LinkSettings(mechanism="null"),
        journal=JournalSettings(file=f"{folder}/bench.journal"),
        # A display of its own in the server's eyes: the other server of this screen holds its lock there.
        desktop=DesktopSettings(
            environment={"DISPLAY": display, "XDG_RUNTIME_DIR": str(folder / "state")}, captures_folder=str(folder)
        ),
        steam=SteamSettings(command=()),
    )
    (folder / "state").mkdir(mode=0o700)
    runtime = stack.enter_context(Runtime(settings, folder=folder, endpoint=f"ipc://{folder}/state/daemon.sock"))

    def capture(timeout_s: float = PORTAL_TIMEOUT_S) -> None:
        state = runtime.capture(timeout_s=timeout_s)
        if state.visual.screenshot_path is None:
            raise RuntimeError(f"no picture was taken: {state.problems}")

    capture(START_WITHIN_S)
    return capture


def _ms(take: Callable[[], None], times: int = CALLS) -> float:
    return p50(take, times) / 1e3


def _bare(stack: ExitStack, display: str, path: Path) -> Callable[[], None]:
    camera = stack.enter_context(mss.MSS(backend="xshmgetimage", display=display))
    everything = {"left": 0, "top": 0, "width": WIDTH, "height": HEIGHT}

    def take() -> None:
        shot = camera.grab(everything)
        file = io.BytesIO()
        Image.frombuffer("RGB", (WIDTH, HEIGHT), shot.raw, "raw", "BGRX", 0, 1).save(file, "JPEG", quality=QUALITY)
        path.write_bytes(file.getvalue())

    return take


def _desktop_control(display: str, folder: Path) -> StdioServerParameters:
    arguments = ["-m", "timmy_actors.desktop_control", "--captures", str(folder)]
    environment = {"DISPLAY": display, "XDG_RUNTIME_DIR": str(folder)}
    return StdioServerParameters(command=sys.executable, args=arguments, env=environment)


def _least(display: str, folder: Path) -> StdioServerParameters:
    numbers = map(str, (WIDTH, HEIGHT, QUALITY))
    arguments = ["-m", "benchmarks.contenders.mcp_capture", display, f"{folder}/least.jpg", *numbers]
    return StdioServerParameters(command=sys.executable, args=arguments, env={**os.environ, **HEAP_VARIABLES})


def _theirs(portal: BlockingPortal, stack: ExitStack, display: str, folder: Path) -> Take:
    return _calls(portal, stack, mcp_pyautogui.server(display, folder))


def _calls(portal: BlockingPortal, stack: ExitStack, server: StdioServerParameters) -> Take:
    """A server's take_screenshot, over MCP; a picture that was not taken is no figure."""
    quiet = stack.enter_context(Path(os.devnull).open("w"))  # noqa: SIM115  the stack closes it
    transport = stdio_client(server, errlog=quiet)
    client = stack.enter_context(portal.wrap_async_context_manager(Client(transport, mode="legacy")))

    def take(**arguments: Any) -> None:
        result = portal.call(lambda: client.call_tool("take_screenshot", arguments))
        if result.is_error or result.structured_content == {"result": False}:
            raise RuntimeError(f"no picture was taken: {result.content}")

    return take


@contextmanager
def screen() -> Iterator[str]:
    """A screen of its own; its name."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"]
    with os.fdopen(read) as report, _running(command, pass_fds=[write]):
        os.close(write)
        yield f":{report.readline().strip()}"


@contextmanager
def window(title: str, display: str) -> Iterator[None]:
    """A window that fills the screen."""
    command = [sys.executable, "-m", "benchmarks.game_window", title, str(WIDTH), str(HEIGHT)]
    with _running(command, env={**os.environ, "DISPLAY": display}, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        yield


@contextmanager
def _running(command: list[str], **options: Any) -> Iterator[Any]:
    quiet = {"stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    with subprocess.Popen(command, **{**quiet, **options}) as process:
        try:
            yield process
        finally:
            process.kill()

"""A screen for tests (Xvfb with a window manager), real programs on it, and a client of the server."""

from __future__ import annotations

import ctypes.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, StdioServerParameters
from PIL import Image
from Xlib import display as xdisplay
from Xlib.error import ConnectionClosedError

from tests.waiting import eventually
from timmy_actors.desktop_control.reasons import ERROR_META

if TYPE_CHECKING:
    from mcp.types import CallToolResult

NEEDED = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "xcompmgr": "xcompmgr",
    "xev": "x11-utils",
    "xterm": "xterm",
    "/usr/games/xsok": "xsok",
}
MODULE = "timmy_actors.desktop_control"
WIDTH, HEIGHT = 1280, 800


def skip_unless_installed() -> None:
    """Skip where a system package is missing."""
    missing = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    if missing:
        pytest.skip(f"apt install {' '.join(missing)}")


class Screen:
    """An X server without a monitor, and the programs on it."""

    def __init__(self, folder: Path, *, managed: bool = True, size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
        self.folder = folder
        self._size = "x".join(map(str, size))
        self._stack = ExitStack()
        self.process, self.name = self._start()
        own = {"DISPLAY": self.name, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "LC_ALL": "C.UTF-8"}
        self.environment = {**os.environ, **own}
        self.x = self._connected()
        self._managed = managed
        if managed:
            self.run("openbox")
            self._await_manager()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self._stack.close()

    def run(self, *command: str, **options: Any) -> subprocess.Popen[Any]:
        """Start a program on the screen; it ends with the screen."""
        quiet: dict[str, Any] = {
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "stdin": subprocess.DEVNULL,
        }
        own: dict[str, Any] = {"env": self.environment, "cwd": self.folder}
        process = subprocess.Popen(command, **{**own, **quiet, **options})
        self._stack.callback(_end, process)
        return process

    @contextmanager
    def started(self, *command: str, **options: Any) -> Iterator[subprocess.Popen[Any]]:
        """Run a program until the block ends."""
        process = self.run(*command, **options)
        try:
            yield process
        finally:
            _end(process)

    @contextmanager
    def program(self, title: str, *command: str, **options: Any) -> Iterator[subprocess.Popen[Any]]:
        """Run a program until the block ends; the block starts when its window is visible."""
        with self.started(*command, **options) as process:
            eventually(lambda: self.window(title))
            yield process
        eventually(lambda: not self.window(title))

    def window(self, title: str) -> int | None:
        """The id of the viewable window with a title, once the window manager lists it too."""
        command = ["xwininfo", "-name", title]
        output = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False).stdout
        number = re.search(r"id: (0x[0-9a-f]+)", output)
        if not number or "IsViewable" not in output:
            return None
        return int(number[1], 16) if not self._managed or int(number[1], 16) in self._listed() else None

    def _listed(self) -> Sequence[int]:
        clients = self.x.screen().root.get_full_property(self.x.get_atom("_NET_CLIENT_LIST"), 0)
        return cast("Sequence[int]", clients.value) if clients is not None else ()

    def restart(self) -> None:
        """Kill the X server, which ends all its programs, and start another one with the same name."""
        self.process.kill()
        self.process.wait()
        self.process, _ = self._start(self.name)
        self.x = self._connected()
        self.run("openbox")
        self._await_manager()

    def is_down(self, keycode: int) -> bool:
        """Whether a key is pressed, according to the X server."""
        return bool(self.x.query_keymap()[keycode // 8] & 1 << keycode % 8)

    def keycode(self, keysym: int) -> int:
        """The key that produces a keysym."""
        return self.x.keysym_to_keycode(keysym)

    def _await_manager(self) -> None:
        root, listed = self.x.screen().root, self.x.intern_atom("_NET_CLIENT_LIST")
        eventually(lambda: root.get_full_property(listed, 0) is not None)

    def _start(self, *name: str) -> tuple[subprocess.Popen[Any], str]:
        read, write = os.pipe()
        with os.fdopen(read) as display_name:
            process = subprocess.Popen(
                ["Xvfb", *name, "-displayfd", str(write), "-screen", "0", f"{self._size}x24", "-nolisten", "tcp"],
                pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            os.close(write)
            self._stack.callback(_end, process)
            return process, f":{display_name.readline().strip()}"

    def _connected(self) -> xdisplay.Display:
        connection = xdisplay.Display(self.name)  # the server names its display once it listens
        self._stack.callback(_close, connection)
        return connection


def _close(connection: xdisplay.Display) -> None:
    with suppress(ConnectionClosedError):  # the screen was ended
        connection.close()


class Server:
    """A client of a server in its own process, over stdio."""

    def __init__(self, portal: BlockingPortal, client: Client, captures: Path) -> None:
        self._portal = portal
        self._client = client
        self.captures = captures

    @classmethod
    @contextmanager
    def on(cls, screen: Screen, captures: Path | None = None, **environment: str) -> Iterator[Self]:
        """Start a server on a screen."""
        captures = captures or screen.folder / "captures"
        parameters = StdioServerParameters(
            command=sys.executable,
            args=["-m", MODULE, "--captures", str(captures)],
            env={**screen.environment, **environment},
        )
        with (
            start_blocking_portal() as portal,
            portal.wrap_async_context_manager(Client(parameters, mode="legacy")) as client,
        ):
            yield cls(portal, client, captures)

    def result(self, tool: str, **arguments: Any) -> CallToolResult:
        """The result of a call, which may be an error."""
        return self._portal.call(lambda: self._client.call_tool(tool, arguments))

    def start(self, tool: str, *, patience_s: float | None = None, **arguments: Any) -> Any:
        """Start a call and return its future. After `patience_s` the client cancels it."""
        return self._portal.start_task_soon(
            lambda: self._client.call_tool(tool, arguments, read_timeout_seconds=patience_s)
        )

    def do(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The structured content of a call that must succeed."""
        result = self.result(tool, **arguments)
        assert not result.is_error, result.content
        return cast("dict[str, Any]", result.structured_content)

    def refusal(self, tool: str, **arguments: Any) -> str:
        """The error code of a call that must be refused."""
        result = self.result(tool, **arguments)
        assert result.is_error, result.structured_content
        return error_of(result)["code"]

    def picture(self, name: str = "look.png", **arguments: Any) -> Image.Image:
        """A screenshot as an image."""
        with Image.open(self.do("take_screenshot", filename=name, **arguments)["path"]) as image:
            return image.convert("RGB")

    def tools(self) -> dict[str, Any]:
        """The server's tools by name."""
        return {tool.name: tool for tool in self._portal.call(self._client.list_tools).tools}


def error_of(result: CallToolResult) -> dict[str, str]:
    """The code and the message of a refused call, from the result's `_meta`."""
    assert result.meta is not None, result
    return cast(dict[str, str], result.meta[ERROR_META])


@dataclass(frozen=True)
class Event:
    """An event that xev printed: kind, time (ms), position in the window, modifier state, and key or button."""

    kind: str
    time: int
    x: int
    y: int
    state: int
    detail: str


class Xev:
    """xev, Debian's event printer, which prints the events that reach its window."""

    TITLE = "events"

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._file = screen.folder / "xev.txt"

    @contextmanager
    def shown(self, *, focused: bool = True) -> Iterator[Self]:
        """Run xev until the block ends; a window manager gives it the focus."""
        command = ["xev", "-name", self.TITLE, "-geometry", "300x200+50+60"]
        with self._file.open("w") as out, self._screen.program(self.TITLE, *command, stdout=out):
            eventually(lambda: not focused or "FocusIn" in self._file.read_text())
            yield self

    def events(self, *kinds: str) -> list[Event]:
        """The events of these kinds that xev has printed."""
        return [event for event in map(_event, self._file.read_text().split("\n\n")) if event and event.kind in kinds]

    def until(self, *kinds: str, count: int) -> list[Event]:
        """Wait for `count` events of these kinds, and return them."""
        eventually(lambda: len(self.events(*kinds)) >= count)
        return self.events(*kinds)


class SdlGame:
    """A program with SDL2, `sdl_events.py`, which prints the events that a game gets."""

    TITLE = "sdl game"

    def __init__(self, screen: Screen, *options: str) -> None:
        self._screen = screen
        self._options = options
        self._file = screen.folder / "sdl.txt"

    @contextmanager
    def shown(self) -> Iterator[Self]:
        """Run the program until the block ends; the block starts when it has the focus."""
        if ctypes.util.find_library("SDL2-2.0") is None:
            pytest.skip("apt install libsdl2-2.0-0")
        command = [sys.executable, str(Path(__file__).with_name("sdl_events.py")), self.TITLE, *self._options]
        with self._file.open("w") as out, self._screen.program(self.TITLE, *command, stdout=out) as self.process:
            self.until("focused", count=1)
            yield self

    def events(self, *kinds: str) -> list[list[Any]]:
        """The events of these kinds that it has printed: the kind, then a scancode, a button, or a movement."""
        lines = self._file.read_text().splitlines(keepends=True)
        events = [json.loads(line) for line in lines if line.endswith("\n")]
        return [event for event in events if event[0] in kinds]

    def until(self, *kinds: str, count: int) -> list[list[Any]]:
        """Wait for `count` events of these kinds, and return them."""
        eventually(lambda: len(self.events(*kinds)) >= count)
        return self.events(*kinds)


def sokoban(folder: Path) -> list[str]:
    """The command for Debian's game xsok, which saves into `folder` (the game's own option for that is broken)."""
    return ["/usr/games/xsok", "-rules", "Sokoban", "-level", "1", "-xrm", f"*xsavedir: {folder}"]


_EVENT = re.compile(
    r"\s*(?P<kind>\w+) event.*?time (?P<time>\d+), \((?P<x>-?\d+),(?P<y>-?\d+)\).*?state (?P<state>0x[0-9a-f]+), "
    r"(?:keycode \d+ \(keysym \S+ (?P<key>\w+)\)|button (?P<button>\d+)|is_hint)",
    re.DOTALL,
)


def _event(text: str) -> Event | None:
    match = _EVENT.match(text)
    if match is None:
        return None
    detail = match["key"] or match["button"] or ""
    return Event(match["kind"], int(match["time"]), int(match["x"]), int(match["y"]), int(match["state"], 16), detail)


def server_pid(screen: Screen) -> int:
    """The pid of the server that holds the screen's lock."""
    held = screen.folder / "timmy-actors" / f"desktop-control-{screen.name[1:]}.lock"
    return int(cast("re.Match[str]", re.search(r'"pid": (\d+)', held.read_text()))[1])


def _end(process: subprocess.Popen[Any]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

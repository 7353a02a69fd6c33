"""Windows under window managers and X servers that the other tests do not use.

Debian 12's: Weston 10.0.1 with Xwayland 22.1.9, openbox 3.6.1, metacity 3.46.1, Xephyr 21.1.7.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from Xlib import X
from Xlib.protocol import event

from tests.desktop_control.stage import Screen, Server, skip_unless_installed
from tests.waiting import eventually

if TYPE_CHECKING:
    from Xlib.display import Display

GREEN = (0, 238, 0)
TERMINAL = ("xterm", "-T", "game", "-bg", "green2", "-geometry", "40x12+60+60")


def need(program: str, package: str) -> None:
    skip_unless_installed()
    if shutil.which(program) is None:
        pytest.skip(f"apt install {package}")


@contextmanager
def empty_screen() -> Iterator[Screen]:
    with tempfile.TemporaryDirectory(prefix="ta-screen-") as folder, Screen(Path(folder), managed=False) as screen:
        yield screen


def ask_root(display: Display, what: str, data: list[int], window: int = 0) -> None:
    root = display.screen().root
    about = display.create_resource_object("window", window) if window else root
    message = event.ClientMessage(window=about, client_type=display.intern_atom(what), data=(32, data))
    root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
    display.sync()


def desktop_of(display: Display, window: int | None, what: str) -> int | None:
    about = display.create_resource_object("window", window) if window else display.screen().root
    value = about.get_full_property(display.intern_atom(what), X.AnyPropertyType)
    return None if value is None else int(value.value[0])


@pytest.mark.parametrize(("manager", "options"), [("openbox", ()), ("metacity", ("--sm-disable", "--no-composite"))])
def test_a_window_is_fetched_from_another_workspace(manager: str, options: tuple[str, ...]) -> None:
    need(manager, manager)
    with empty_screen() as screen:
        screen.run(manager, *options)
        eventually(lambda: desktop_of(screen.x, None, "_NET_NUMBER_OF_DESKTOPS") not in (None, 0), 20)
        screen.run(*TERMINAL)
        window = eventually(lambda: screen.window("game"))
        eventually(lambda: desktop_of(screen.x, window, "_NET_WM_DESKTOP") == 0)
        ask_root(screen.x, "_NET_NUMBER_OF_DESKTOPS", [4, 0, 0, 0, 0])
        eventually(lambda: (desktop_of(screen.x, None, "_NET_NUMBER_OF_DESKTOPS") or 0) > 1)
        ask_root(screen.x, "_NET_CURRENT_DESKTOP", [1, X.CurrentTime, 0, 0, 0])
        eventually(lambda: desktop_of(screen.x, None, "_NET_CURRENT_DESKTOP") == 1)
        with Server.on(screen) as server:
            assert server.refusal("take_screenshot", window_title="game") == "window_hidden"
            assert server.do("focus_window", title="game")["focused"]
            assert desktop_of(screen.x, None, "_NET_CURRENT_DESKTOP") == 0
            assert server.picture(window_title="game").getpixel((200, 100)) == GREEN


def test_a_nested_x_server_is_a_screen_of_its_own() -> None:
    """A game in gamescope has a nested X server: it is reachable only through that display."""
    need("Xephyr", "xserver-xephyr")
    with empty_screen() as outer:
        read = outer.folder / "nested"
        with read.open("w") as output:
            outer.run("Xephyr", "-displayfd", "1", "-screen", "640x480", "-nolisten", "tcp", stdout=output)
            name = f":{eventually(lambda: read.read_text().strip())}"
        terminal = subprocess.Popen(TERMINAL, env={**outer.environment, "DISPLAY": name})
        try:
            with Server.on(outer, DISPLAY=name) as server:
                eventually(lambda: any(w["title"] == "game" for w in server.do("list_windows")["windows"]))
                assert server.picture(window_title="game").getpixel((200, 100)) == GREEN
                assert server.do("focus_window", title="game")["focused"]
                server.do("type_text", text="exit\n", window_title="game")
                eventually(lambda: server.do("list_windows")["windows"] == [])
            with Server.on(outer) as outside:
                assert outside.refusal("focus_window", title="game") == "window_not_found"
        finally:
            terminal.kill()
            terminal.wait()


def test_windows_are_seen_under_weston_which_keeps_no_list_of_them() -> None:
    need("weston", "weston xwayland")
    need("Xwayland", "xwayland")
    with empty_screen() as outer:
        log = outer.folder / "weston.log"
        outer.run(
            "weston", "--backend=headless-backend.so", "--use-pixman", "--xwayland", "--socket=timmy", f"--log={log}",
            "--no-config", "--width=800", "--height=600",
        )  # fmt: skip
        name = eventually(lambda: _display_in(log), 20)
        assert name is not None
        environment = {**outer.environment, "DISPLAY": name}
        terminal = subprocess.Popen(TERMINAL, env=environment)
        try:
            with Server.on(outer, DISPLAY=name) as server:
                eventually(lambda: any(w["title"] == "game" for w in server.do("list_windows")["windows"]), 20)
                assert server.picture(window_title="game").getpixel((200, 100)) == GREEN
                assert server.refusal("take_screenshot") == "unsupported"
        finally:
            terminal.kill()
            terminal.wait()


def _display_in(log: Path) -> str | None:
    text = log.read_text() if log.exists() else ""
    return next((line.rsplit(" ", 1)[1] for line in text.splitlines() if "xserver listening on display" in line), None)

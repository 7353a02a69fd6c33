"""Input that would reach another window, or have another effect, is refused or released, and never reported as done.

The programs are Debian 12's: SDL 2.26.5, openbox 3.6.1, xev of x11-utils 7.7, xterm 379; grabs are real X clients'.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from Xlib import X
from Xlib.display import Display

from tests.desktop_control.stage import Screen, SdlGame, Server, Xev, server_pid
from tests.waiting import PATIENCE_S, eventually

ON_XEV: dict[str, Any] = {"window_title": Xev.TITLE}
ON_GAME: dict[str, Any] = {"window_title": SdlGame.TITLE}
W = 26


@contextmanager
def other_program(screen: Screen) -> Iterator[Display]:
    """The X connection of another program; its grabs end when it closes."""
    other = Display(screen.name)
    try:
        yield other
    finally:
        other.close()
        screen.x.sync()


def test_no_key_is_pressed_while_another_program_has_grabbed_the_keyboard(
    screen: Screen, server: Server, xev: Xev
) -> None:
    with other_program(screen) as other:
        status = other.screen().root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        assert status == X.GrabSuccess
        for tool, arguments in (
            ("press_key", {"key": "w"}),
            ("hotkey", {"keys": "ctrl w"}),
            ("hold_key", {"key": "w", "seconds": 0.2}),
            ("key_down", {"key": "w"}),
            ("type_text", {"text": "w"}),
        ):
            assert server.refusal(tool, **arguments, **ON_XEV) == "not_focused"
    server.do("press_key", key="z", **ON_XEV)
    assert [event.detail for event in xev.until("KeyPress", count=1)] == ["z"]


def test_a_game_that_grabs_the_keyboard_itself_is_played(screen: Screen, server: Server) -> None:
    with SdlGame(screen, "grabbing").shown() as game:
        with other_program(screen) as other:
            root = other.screen().root
            eventually(
                lambda: root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime) == X.AlreadyGrabbed
            )
        server.do("press_key", key="w", **ON_GAME)
        game.until("up", count=1)
        assert [code for _, code, _ in game.events("down") if code == W] == [W]


def test_looking_for_a_grab_takes_the_focus_from_no_window(screen: Screen, server: Server) -> None:
    with SdlGame(screen).shown() as game:
        for _ in range(3):
            server.do("press_key", key="w", **ON_GAME)
        game.until("up", count=3)
        assert game.events("unfocused") == []


def test_a_pointer_that_is_confined_elsewhere_does_not_click(screen: Screen, server: Server) -> None:
    with Xev(screen).shown() as xev, other_program(screen) as other:
        root = other.screen().root
        cage = root.create_window(900, 600, 50, 50, 0, X.CopyFromParent, override_redirect=1)
        cage.map()
        other.sync()
        mask = X.ButtonPressMask
        assert cage.grab_pointer(True, mask, X.GrabModeAsync, X.GrabModeAsync, cage, X.NONE, X.CurrentTime) == 0
        for tool, arguments in (("move_to", {}), ("click", {}), ("drag_to", {}), ("scroll", {"amount": 1})):
            assert server.refusal(tool, x=10, y=10, **arguments, **ON_XEV) in {"pointer_confined", "window_covered"}
        assert server.refusal("click", x=10, y=10, **ON_XEV) == "pointer_confined"
        assert xev.events("ButtonPress") == []


def test_a_held_modifier_makes_no_other_text(server: Server, xev: Xev) -> None:
    for modifier in ("shift", "ctrl", "alt"):
        server.do("key_down", key=modifier, **ON_XEV)
        assert server.refusal("type_text", text="abc", **ON_XEV) == "cannot_type"
        server.do("key_up", key=modifier)
    server.do("type_text", text="aB", **ON_XEV)
    pressed = [event.detail for event in xev.until("KeyPress", count=6)]
    assert pressed == ["Shift_L", "Control_L", "Alt_L", "a", "Shift_L", "B"]


def test_a_letter_is_not_doubled_by_a_server_that_is_kept_from_running(
    screen: Screen, server: Server, xev: Xev
) -> None:
    """The server is stopped right after the press, for longer than X's delay before key repetition."""
    pid = server_pid(screen)
    repeat_after_ms = 660
    screen.x.change_keyboard_control(auto_repeat_mode=X.AutoRepeatModeOn)
    typing = server.start("type_text", text="x", **ON_XEV)
    xev.until("KeyPress", count=1)
    os.kill(pid, signal.SIGSTOP)
    try:
        down, up = xev.until("KeyPress", "KeyRelease", count=2)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert up.time - down.time < repeat_after_ms
    assert not typing.result(PATIENCE_S).is_error
    assert len(xev.events("KeyPress")) == 1


def test_a_key_does_not_go_on_into_another_window_when_its_game_dies(screen: Screen, server: Server) -> None:
    typed = screen.folder / "typed.txt"
    with screen.program("other", "xterm", "-T", "other", "-e", f"cat > {typed.name}"):
        with SdlGame(screen).shown() as game:
            server.do("focus_window", title=SdlGame.TITLE)
            server.do("key_down", key="enter", expires_s=30, **ON_GAME)
            game.until("down", count=1)
            game.process.kill()
            game.process.wait()
            keycode = screen.x.keysym_to_keycode(0xFF0D)
            eventually(lambda: not screen.is_down(keycode), 5)
        server.do("focus_window", title="other")
        server.do("type_text", text="end\n", window_title="other")
        eventually(lambda: typed.read_text().endswith("end\n"))
        assert len(typed.read_text()) <= len("\nend\n")  # X may repeat it once before the server can release it
    assert server.do("get_mouse_position")["inside"]


def test_a_key_is_released_when_its_window_loses_the_focus(screen: Screen, server: Server) -> None:
    with SdlGame(screen).shown() as game, screen.program("other", "xterm", "-T", "other"):
        server.do("focus_window", title=SdlGame.TITLE)
        server.do("key_down", key="w", expires_s=30, **ON_GAME)
        server.do("focus_window", title="other")
        eventually(lambda: not screen.is_down(screen.keycode(ord("w"))), 5)
        assert game.until("up", count=1)[0][1] == W
        assert server.do("key_up", key="w")["held"] == []


def test_a_held_key_says_that_it_was_released(screen: Screen, server: Server) -> None:
    with SdlGame(screen).shown() as game, screen.program("other", "xterm", "-T", "other"):
        server.do("focus_window", title=SdlGame.TITLE)
        walking = server.start("hold_key", key="w", seconds=30, **ON_GAME)
        game.until("down", count=1)
        server.do("focus_window", title="other")
        answer = walking.result(PATIENCE_S)
        assert answer.is_error
        assert "not_focused" in answer.content[0].text


@pytest.mark.parametrize("how", ["dies", "is hidden"])
def test_a_mouse_button_is_released_when_its_window_is_gone(screen: Screen, server: Server, how: str) -> None:
    with SdlGame(screen).shown() as game:
        server.do("move_to", x=50, y=50, **ON_GAME)
        server.do("mouse_down", expires_s=30, **ON_GAME)
        game.until("button down", count=1)
        if how == "dies":
            game.process.kill()
            game.process.wait()
        else:
            window = screen.window(SdlGame.TITLE)
            assert window is not None
            screen.x.create_resource_object("window", window).unmap()
            screen.x.sync()
        eventually(lambda: not screen.x.screen().root.query_pointer().mask & X.Button1Mask, 5)
        assert server.do("mouse_up")["held"] == []


def test_a_key_of_a_place_leaves_no_lock_on(screen: Screen, server: Server) -> None:
    """Games bind Caps Lock to actions, as OpenMW does to walking or running; text input must still work afterwards."""
    with SdlGame(screen).shown() as game:
        for key in ("capslock", "numlock", "capslock"):
            server.do("press_key", key=key, **ON_GAME)
            assert not screen.x.screen().root.query_pointer().mask & X.LockMask
        server.do("type_text", text="a", **ON_GAME)
        assert [code for _, code, _ in game.until("down", count=4)] == [57, 83, 57, 4]


def test_a_game_that_captures_the_mouse_takes_an_absolute_move_for_a_turn(screen: Screen, server: Server) -> None:
    """The reason for `move_relative`: an absolute move turns the view by the coordinates themselves."""
    with SdlGame(screen, "captured").shown() as game:
        server.do("focus_window", title=SdlGame.TITLE)
        server.do("move_relative", dx=30, dy=-5, **ON_GAME)
        eventually(lambda: ["moved", 30, -5] in game.events("moved"))
        place = next(w for w in server.do("list_windows")["windows"] if w["title"] == SdlGame.TITLE)
        server.do("move_to", x=100, y=90, **ON_GAME)
        eventually(lambda: ["moved", place["x"] + 100, place["y"] + 90] in game.events("moved"))


@pytest.mark.parametrize("name", ["black.png", "black.jpg", None])
def test_a_window_that_shows_nothing_is_said_to_be_black(screen: Screen, server: Server, name: str | None) -> None:
    plain = ("xterm", "-T", "dark", "-bg", "black", "-fg", "black", "-cr", "black", "+sb", "-e", "sleep 60")
    with screen.program("dark", *plain):
        assert server.do("take_screenshot", window_title="dark", filename=name)["black"]
    with screen.program("light", "xterm", "-T", "light", "-bg", "green2"):
        assert not server.do("take_screenshot", window_title="light", filename=name)["black"]


def test_a_mouse_button_is_held_for_the_time_asked(server: Server, xev: Xev) -> None:
    server.do("move_to", x=50, y=50, **ON_XEV)
    server.do("hold_mouse", seconds=0.4, **ON_XEV)
    down, up = xev.until("ButtonPress", "ButtonRelease", count=2)
    assert up.time - down.time >= 399  # the X server counts whole milliseconds
    assert server.refusal("hold_mouse", seconds=0, **ON_XEV) == "bad_arguments"

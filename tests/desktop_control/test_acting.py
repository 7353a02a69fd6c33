"""The effects of the tools on real programs, as the programs report them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desktop_control.stage import Screen, Server, Xev, error_of, sokoban
from tests.waiting import PATIENCE_S, eventually

ON_XEV: dict[str, Any] = {"window_title": Xev.TITLE}
UP, LEFT, RIGHT = b"\x00", b"\x01", b"\x03"
"""Moves, as xsok writes them at the end of a saved game."""
A_FRAME_MS = 34
"""One frame at 30 a second: a game that polls once a frame may miss a shorter press."""


def _typed(screen: Screen, server: Server, text: str) -> str:
    out = screen.folder / "typed.txt"
    out.unlink(missing_ok=True)
    with screen.program("typing", "xterm", "-T", "typing", "-e", "cat > typed.txt"):
        eventually(out.exists)
        server.do("focus_window", title="typing")
        server.do("type_text", text=text, window_title="typing")
        eventually(lambda: out.read_text().count("\n") == text.count("\n"))
        server.do("hotkey", keys="ctrl d", window_title="typing")
    return out.read_text()


@pytest.mark.parametrize(
    "text",
    [
        "Hail, Nerevar! (100% <true> \"quotes\" & 'more') #1 ~/`x`\n",
        "Größe, señor, ça va?\n",
        "Привет, мир\n",
        "→ € ☃ 日本語\n",
        "aaaa    bbbb\n",
        "one\ntwo\n",
    ],
)
def test_text_of_any_script_arrives_unchanged(screen: Screen, server: Server, text: str) -> None:
    assert _typed(screen, server, text) == text


def test_more_foreign_characters_than_the_keyboard_has_spare_keys_are_typed_in_order(
    screen: Screen, server: Server
) -> None:
    text = "".join(chr(code) for code in range(0x3B1, 0x3B1 + 24)) + "\n"
    assert _typed(screen, server, text) == text


def test_a_pressed_key_stays_down_for_longer_than_a_frame(server: Server, xev: Xev) -> None:
    server.do("press_key", key="W", **ON_XEV)
    down, up = xev.until("KeyPress", "KeyRelease", count=2)
    assert (down.detail, down.state) == ("w", 0)
    assert up.time - down.time >= A_FRAME_MS


def test_a_shifted_character_is_pressed_with_shift(server: Server, xev: Xev) -> None:
    server.do("press_key", key="?", **ON_XEV)
    assert [event.detail for event in xev.until("KeyPress", count=2)] == ["Shift_L", "question"]


def test_a_combination_is_pressed_in_order_and_released_in_reverse(server: Server, xev: Xev) -> None:
    server.do("hotkey", keys="ctrl shift s", **ON_XEV)
    events = xev.until("KeyPress", "KeyRelease", count=6)
    assert [event.detail for event in events] == ["Control_L", "Shift_L", "S", "S", "Shift_L", "Control_L"]
    assert events[3].time - events[2].time >= A_FRAME_MS


def test_a_held_key_stays_down_for_the_time_asked(server: Server, xev: Xev) -> None:
    server.do("hold_key", key="w", seconds=0.4, **ON_XEV)
    presses = xev.until("KeyPress", count=1)
    releases = xev.until("KeyRelease", count=1)
    assert releases[-1].time - presses[0].time >= 399  # the X server counts whole milliseconds


def test_one_can_look_around_while_a_key_is_held(server: Server, xev: Xev) -> None:
    walking = server.start("hold_key", key="w", seconds=10, **ON_XEV)
    xev.until("KeyPress", count=1)
    server.do("move_to", x=20, y=20, **ON_XEV)
    server.do("move_relative", dx=30, dy=-10, **ON_XEV)
    assert server.do("key_up", key="w")["held"] == []
    assert not walking.result(PATIENCE_S).is_error
    assert (xev.events("MotionNotify")[-1].x, xev.events("MotionNotify")[-1].y) == (50, 10)
    assert xev.until("KeyRelease", count=1)[-1].detail == "w"


def test_a_click_lands_on_the_pixel_of_the_window(server: Server, xev: Xev) -> None:
    server.do("click", x=10, y=20, **ON_XEV)
    down, up = xev.until("ButtonPress", "ButtonRelease", count=2)
    assert (down.x, down.y, down.detail) == (10, 20, "1")
    assert up.time - down.time >= A_FRAME_MS


def test_coordinates_of_a_shrunk_picture_are_scaled_back(server: Server, xev: Xev) -> None:
    picture = server.do("take_screenshot", filename="small.jpg", max_width=100, **ON_XEV)
    assert (picture["width"], picture["height"], picture["source_width"]) == (100, 67, 300)
    server.do("click", x=50, y=33, image_size=[picture["width"], picture["height"]], **ON_XEV)
    (down,) = xev.until("ButtonPress", count=1)
    assert (down.x, down.y) == (151, 100)


def test_each_kind_of_click_is_what_it_says(server: Server, xev: Xev) -> None:
    server.do("right_click", x=10, y=20, **ON_XEV)
    server.do("double_click", x=30, y=40, **ON_XEV)
    server.do("click", button="middle", **ON_XEV)
    assert [(event.detail, event.x) for event in xev.until("ButtonPress", count=4)] == [
        ("3", 10), ("1", 30), ("1", 30), ("2", 30)
    ]  # fmt: skip


def test_a_drag_keeps_the_button_down_all_the_way(server: Server, xev: Xev) -> None:
    server.do("move_to", x=100, y=100, **ON_XEV)
    server.do("drag_to", x=160, y=130, duration=0.2, **ON_XEV)
    events = xev.until("ButtonPress", "MotionNotify", "ButtonRelease", count=5)
    dragging = events[[event.kind for event in events].index("ButtonPress") :]
    assert (dragging[0].x, dragging[0].y, dragging[-1].x, dragging[-1].y) == (100, 100, 160, 130)
    assert dragging[-1].kind == "ButtonRelease"
    assert len(dragging) > 4
    assert all(event.state & 0x100 for event in dragging[1:])


def test_the_wheel_turns_both_ways(server: Server, xev: Xev) -> None:
    server.do("scroll", amount=2, x=50, y=50, **ON_XEV)
    server.do("scroll", amount=-1, **ON_XEV)
    assert [event.detail for event in xev.until("ButtonPress", count=3)] == ["4", "4", "5"]


def test_buttons_and_keys_stay_down_until_released(server: Server, xev: Xev) -> None:
    server.do("move_to", x=50, y=50, **ON_XEV)
    server.do("mouse_down", button="right", **ON_XEV)
    assert server.do("key_down", key="shift", **ON_XEV)["held"] == ["right button", "shift"]
    assert server.do("hotkey", keys="shift d", **ON_XEV)["held"] == ["right button", "shift"]
    server.do("mouse_up", button="right")
    assert server.do("key_up", key="shift")["held"] == []
    assert [event.detail for event in xev.until("KeyRelease", count=2)] == ["D", "Shift_L"]


def test_an_expired_key_is_released_by_itself(server: Server, xev: Xev) -> None:
    server.do("key_down", key="w", expires_s=0.3, **ON_XEV)
    (down,) = xev.until("KeyPress", count=1)
    released = xev.until("KeyRelease", count=1)[-1]
    assert released.time - down.time >= 290
    assert server.do("key_up", key="w")["held"] == []


def test_pressing_a_held_key_again_makes_it_stay_longer(server: Server, screen: Screen, xev: Xev) -> None:
    w = screen.keycode(ord("w"))
    server.do("key_down", key="w", expires_s=0.3, **ON_XEV)
    server.do("key_down", key="w", expires_s=60, **ON_XEV)
    server.do("hold_key", key="d", seconds=0.5, **ON_XEV)
    assert screen.is_down(w)


def test_release_all_ends_what_is_under_way_and_releases_everything(server: Server, screen: Screen, xev: Xev) -> None:
    server.do("key_down", key="shift", **ON_XEV)
    walking = server.start("hold_key", key="w", seconds=30, **ON_XEV)
    xev.until("KeyPress", count=2)
    assert server.do("release_all")["released"] == ["w", "shift"]
    assert error_of(walking.result(PATIENCE_S))["code"] == "interrupted"
    assert not any(screen.x.query_keymap())


def test_nothing_is_typed_when_one_character_cannot_be(server: Server, xev: Xev) -> None:
    assert server.refusal("type_text", text="abc\x07", **ON_XEV) == "cannot_type"
    server.do("press_key", key="z", **ON_XEV)
    assert [event.detail for event in xev.until("KeyPress", count=1)] == ["z"]


def test_typing_with_caps_lock_on_is_refused(server: Server, xev: Xev) -> None:
    server.do("press_key", key="capslock", by="keysym", **ON_XEV)
    try:
        assert server.refusal("type_text", text="abc", **ON_XEV) == "cannot_type"
    finally:
        server.do("press_key", key="capslock", by="keysym", **ON_XEV)


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("press_key", {"key": "jump"}, "unknown_key"),
        ("press_key", {"key": ""}, "unknown_key"),
        ("hotkey", {"keys": "ctrl+s"}, "unknown_key"),
        ("hotkey", {"keys": " "}, "bad_arguments"),
        ("hotkey", {"keys": "ctrl ctrl"}, "bad_arguments"),
        ("click", {"x": 300, "y": 0}, "off_screen"),
        ("click", {"x": -1, "y": 0}, "off_screen"),
        ("click", {"x": 5}, "bad_arguments"),
        ("click", {"x": 5, "y": 5, "image_size": [0, 0]}, "bad_arguments"),
        ("click", {"x": 5, "y": 5, "window_tilte": "typo"}, "bad_arguments"),
        ("click", {"x": "here", "y": 5}, "bad_arguments"),
        ("click", {"x": 5, "y": 5, "button": "fourth"}, "bad_arguments"),
        ("pixel_color", {"x": 5, "y": 200}, "off_screen"),
        ("scroll", {"amount": 0}, "bad_arguments"),
        ("scroll", {"amount": 10**9}, "bad_arguments"),
        ("move_relative", {"dx": 10**6, "dy": 0}, "bad_arguments"),
        ("drag_to", {"x": 5, "y": 5, "duration": -1}, "bad_arguments"),
        ("hold_key", {"key": "w", "seconds": 0}, "bad_arguments"),
        ("hold_key", {"key": "w", "seconds": 3600}, "bad_arguments"),
        ("key_down", {"key": "w", "expires_s": 3600}, "bad_arguments"),
        ("type_text", {"text": ""}, "bad_arguments"),
        ("type_text", {"text": "x" * 5000}, "bad_arguments"),
    ],
)
def test_what_cannot_be_done_is_an_error_and_does_nothing(
    server: Server, xev: Xev, tool: str, arguments: dict[str, object], code: str
) -> None:
    assert server.refusal(tool, **{**ON_XEV, **arguments}) == code
    assert xev.events("KeyPress", "ButtonPress") == []


def test_points_off_the_screen_are_errors_and_corners_are_not(server: Server) -> None:
    assert server.refusal("click", x=5000, y=5000) == "off_screen"
    server.do("click", x=0, y=0)
    server.do("move_to", x=1279, y=799)
    assert server.do("move_to", x=640, y=400)["x"] == 640


def test_a_game_is_played_with_keys_and_the_mouse(screen: Screen, server: Server) -> None:
    title, saved = "Sokoban - Level 1", screen.folder / "Sokoban.01.sv"
    on_game = {"window_title": title}
    with screen.program(title, *sokoban(screen.folder)):
        server.do("focus_window", title=title)
        for key in ("up", "left", "left"):
            server.do("press_key", key=key, **on_game)
        server.do("click", x=431, y=335, **on_game)  # three squares to the right: the man walks there
        server.do("press_key", key="s", **on_game)
        eventually(lambda: saved.exists() and saved.read_bytes().endswith(UP + 2 * LEFT + 3 * RIGHT))


def test_actions_that_come_at_once_take_turns(server: Server, xev: Xev) -> None:
    texts = ["a" * 20, "b" * 20, "c" * 20]
    for typing in [server.start("type_text", text=text, **ON_XEV) for text in texts]:
        assert not typing.result(PATIENCE_S).is_error
    typed = "".join(event.detail for event in xev.until("KeyPress", count=60))
    assert sorted(typed[start : start + 20] for start in (0, 20, 40)) == texts


def test_an_action_ends_when_the_client_gives_up_on_it(server: Server, screen: Screen, xev: Xev) -> None:
    walking = server.start("hold_key", key="w", seconds=60, patience_s=0.5, **ON_XEV)
    xev.until("KeyPress", count=1)
    assert walking.exception(10) is not None
    xev.until("KeyRelease", count=1)
    eventually(lambda: not screen.is_down(screen.keycode(ord("w"))))


def test_however_many_actions_wait_one_can_capture_and_release(server: Server, xev: Xev) -> None:
    waiting = [server.start("type_text", text="x" * 1000, **ON_XEV) for _ in range(100)]
    xev.until("KeyPress", count=1)
    server.do("take_screenshot", filename="busy.jpg", **ON_XEV)
    server.do("release_all")
    assert {error_of(typing.result(PATIENCE_S))["code"] for typing in waiting} == {"interrupted"}

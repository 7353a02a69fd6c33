"""Keys on keyboard layouts other than the US one: a real `setxkbmap`, xev, and SDL2, which reads key positions.

The programs are Debian 12's: setxkbmap of x11-xkb-utils 7.7+7, xkb-data 2.35.1, xev of x11-utils 7.7, SDL 2.26.5.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.desktop_control.stage import Screen, SdlGame, Server, Xev
from tests.waiting import eventually

W, A, Q, L_ALT, R_ALT = 26, 4, 20, 226, 230
"""SDL's scancodes: the numbers of the USB HID usage page 7, which are independent of the layout."""
ON_XEV = {"window_title": Xev.TITLE}
ON_GAME = {"window_title": SdlGame.TITLE}
NAMES = {"@": "at", "#": "numbersign"}
"""X's names of the characters."""
LAYOUTS = ("us", "fr", "ru", "de", "us,ru")


@pytest.fixture
def layout(screen: Screen) -> Iterator[_Layout]:
    """Sets the layout; the US layout is restored after the test."""
    if shutil.which("setxkbmap") is None:
        pytest.skip("apt install x11-xkb-utils")
    chosen = _Layout(screen)
    yield chosen
    chosen.use("us")


class _Layout:
    """The layout of the screen's keyboard."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def use(self, name: str, *options: str) -> None:
        subprocess.run(["setxkbmap", "-layout", name, *options], env=self._screen.environment, check=True)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_game_gets_the_place_of_the_key_on_every_layout(
    screen: Screen, server: Server, layout: _Layout, name: str
) -> None:
    layout.use(name)
    with SdlGame(screen).shown() as game:
        server.do("press_key", key="w", **ON_GAME)
        server.do("hold_key", key="a", seconds=0.1, **ON_GAME)
        server.do("hotkey", keys="alt q", **ON_GAME)
        server.do("key_down", key="W", **ON_GAME)
        server.do("key_up", key="w")
        game.until("up", count=5)
        assert [code for _, code, repeated in game.events("down") if not repeated] == [W, A, L_ALT, Q, W]


@pytest.mark.parametrize(("name", "keysym"), [("fr", "z"), ("ru", "Cyrillic_tse"), ("de", "w")])
def test_the_place_is_the_same_while_its_meaning_is_the_layouts(
    server: Server, xev: Xev, layout: _Layout, name: str, keysym: str
) -> None:
    layout.use(name)
    server.do("press_key", key="w", **ON_XEV)
    assert xev.until("KeyPress", count=1)[0].detail == keysym


def test_on_request_a_key_is_found_by_what_it_makes(server: Server, xev: Xev, layout: _Layout) -> None:
    layout.use("fr")
    server.do("press_key", key="w", by="keysym", **ON_XEV)
    server.do("hold_key", key="a", seconds=0.1, by="keysym", **ON_XEV)
    server.do("hotkey", keys="ctrl q", by="keysym", **ON_XEV)
    assert [event.detail for event in xev.until("KeyPress", count=4)] == ["w", "a", "Control_L", "q"]
    layout.use("ru")
    assert server.refusal("press_key", key="w", by="keysym", **ON_XEV) == "unknown_key"


@pytest.mark.parametrize("name", LAYOUTS)
def test_alt_gr_is_a_key_on_every_layout(screen: Screen, server: Server, layout: _Layout, name: str) -> None:
    layout.use(name)
    with SdlGame(screen).shown() as game:
        server.do("press_key", key="altgr", **ON_GAME)
        server.do("press_key", key="altright", **ON_GAME)
        game.until("up", count=2)
        assert {code for _, code, _ in game.events("down", "up")} == {R_ALT}  # SDL may report a modifier twice


@pytest.mark.parametrize(("name", "key"), [("de", "@"), ("fr", "#")])
def test_a_character_behind_alt_gr_is_pressed_with_it(
    server: Server, xev: Xev, layout: _Layout, name: str, key: str
) -> None:
    layout.use(name)
    server.do("press_key", key=key, by="keysym", **ON_XEV)
    assert [event.detail for event in xev.until("KeyPress", count=2)] == ["ISO_Level3_Shift", NAMES[key]]


@pytest.mark.parametrize("name", ["fr", "ru", "de"])
def test_text_arrives_unchanged_on_every_layout(screen: Screen, server: Server, layout: _Layout, name: str) -> None:
    layout.use(name)
    text = "Qwerty @ {zebra} €5? Привет, Größe\n"
    out = screen.folder / f"{name}.txt"
    with screen.program("typing", "xterm", "-T", "typing", "-e", f"head -n 1 > {out.name}"):
        server.do("focus_window", title="typing")
        server.do("type_text", text=text, window_title="typing")
        eventually(lambda: out.read_text() == text)


def test_shift_comes_with_the_characters_that_an_american_keyboard_has_above_others(
    server: Server, xev: Xev, layout: _Layout
) -> None:
    layout.use("de")
    server.do("press_key", key="?", **ON_XEV)
    shift, key = xev.until("KeyPress", count=2)
    assert (shift.detail, key.detail) == (
        "Shift_L",
        "underscore",
    )  # the German layout has its dash on the US key of ? and /

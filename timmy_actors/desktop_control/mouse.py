"""What is done with the mouse: moving, clicking, dragging, scrolling, and buttons that stay down."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from Xlib import X
from Xlib.ext import xtest

from timmy_actors.desktop_control import layout
from timmy_actors.desktop_control.held_keys import Held
from timmy_actors.desktop_control.input import HOLD_LIMIT_S, LONGEST_HOLD_S, TAP_S, Input, Turn
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.results import Acted
from timmy_actors.desktop_control.selectors import Titles
from timmy_actors.desktop_control.window_target import Point, Size

if TYPE_CHECKING:
    from Xlib.display import Display

Button = Literal["left", "middle", "right"]

GRACE_S = 0.1
"""How much later than asked a held button is let go where nobody is left to do it in time."""
HOVER_S = 0.02
"""Between arriving and pressing: a game's menu notes what the pointer is over in one frame and a click in the next."""
STEP_S = 1 / 60
"""How often a drag moves the pointer."""
LONGEST_DRAG_S = 30.0
MOST_STEPS = 100
"""Of the wheel, in one call."""
FARTHEST = 10_000
"""Pixels of one relative move, each way: the protocol's numbers have 16 bits."""

_CODES: dict[Button, int] = {"left": 1, "middle": 2, "right": 3}
_WHEEL_UP, _WHEEL_DOWN = 4, 5


class Mouse:
    """The pointer of an X display, aimed at a window."""

    def __init__(self, hands: Input) -> None:
        self._hands = hands

    def move(self, point: Point, picture: Size | None, titles: Titles | None) -> Acted:
        """Put the pointer on a point of the window."""
        with self._hands.turn(titles) as turn:
            self._move(turn, point, picture)
            return self._hands.acted(turn)

    def move_by(self, dx: int, dy: int, titles: Titles | None) -> Acted:
        """Move the pointer by so much, as a mouse does; the window must have the focus or be under the pointer."""
        if not (-FARTHEST <= dx <= FARTHEST and -FARTHEST <= dy <= FARTHEST):
            raise refused("bad_arguments", f"({dx}, {dy}): at most {FARTHEST} pixels each way in one call")
        with self._hands.turn(titles) as turn:

            def nudge(display: Display) -> None:
                window = turn.target.window
                if window is None or not layout.has_focus(display, window):
                    turn.target.must_be_at(display, layout.pointer_of(display))
                xtest.fake_input(display, X.MotionNotify, detail=1, x=dx, y=dy)

            self._hands.move(turn, nudge)
            return self._hands.acted(turn)

    def click(
        self, point: Point | None, picture: Size | None, titles: Titles | None, button: Button = "left", times: int = 1
    ) -> Acted:
        """Click on a point of the window, or (without one) where the pointer is."""
        with self._hands.turn(titles) as turn:
            if point is not None:
                self._move(turn, point, picture)
                self._hands.wait(turn, HOVER_S)
            for number in range(times):
                if number:
                    self._hands.wait(turn, TAP_S)
                self._tap(turn, _button(button))
            return self._hands.acted(turn)

    def drag(
        self, point: Point, picture: Size | None, titles: Titles | None, duration: float, button: Button = "left"
    ) -> Acted:
        """Press where the pointer is, move to a point of the window in so many seconds, and let go."""
        if not 0 <= duration <= LONGEST_DRAG_S:
            raise refused("bad_arguments", f"duration {duration:g}: 0 to {LONGEST_DRAG_S:g} seconds")
        with self._hands.turn(titles) as turn:
            with self._hands.looking() as display:
                turn.target.on_screen(display, point, picture)
            held = _button(button)
            self._press(turn, held, duration + HOLD_LIMIT_S)
            try:
                self._glide(turn, point, picture, duration)
                self._hands.wait(turn, HOVER_S)
            finally:
                self._let_go(held)
            return self._hands.acted(turn)

    def scroll(self, amount: int, point: Point | None, picture: Size | None, titles: Titles | None) -> Acted:
        """Turn the wheel, up where `amount` is positive."""
        if not 0 < abs(amount) <= MOST_STEPS:
            raise refused("bad_arguments", f"amount {amount}: 1 to {MOST_STEPS} steps up, or as many below 0 down")
        with self._hands.turn(titles) as turn:
            if point is not None:
                self._move(turn, point, picture)
                self._hands.wait(turn, HOVER_S)
            wheel = Held("button", _WHEEL_UP if amount > 0 else _WHEEL_DOWN, "the wheel")
            for _ in range(abs(amount)):
                self._press(turn, wheel, HOLD_LIMIT_S)
                self._hands.release(wheel)  # a wheel's step has no length
            return self._hands.acted(turn)

    def down(self, button: Button, titles: Titles | None, expires_s: float = HOLD_LIMIT_S) -> Acted:
        """Press a button to stay; pressed again while it is down, it stays longer."""
        if not 0 < expires_s <= LONGEST_HOLD_S:
            raise refused("bad_arguments", f"{expires_s:g} s: a button is held for at most {LONGEST_HOLD_S:g} s")
        with self._hands.turn(titles) as turn:
            held = _button(button)
            if self._hands.is_held(held):
                self._hands.renew(held, expires_s)
            else:
                self._press(turn, held, expires_s)
            return self._hands.acted(turn)

    def hold(self, button: Button, seconds: float, titles: Titles | None) -> Acted:
        """Hold a button for a while. Other actions may come in between: one aims while one draws a bow.

        Raises:
            RefusedError: the window was lost, or everything was let go, before the time was over.
        """
        if not 0 < seconds <= LONGEST_HOLD_S:
            raise refused("bad_arguments", f"{seconds:g} s: a button is held for at most {LONGEST_HOLD_S:g} s")
        held = _button(button)
        with self._hands.turn(titles) as turn:
            if self._hands.is_held(held):
                raise refused("already_held", f"the {held.name} is held: mouse_up lets go of it first")
            self._press(turn, held, seconds + GRACE_S)
        try:
            self._hands.wait(turn, seconds, until=lambda: not self._hands.is_held(held))
            lost = self._hands.why_lost(held)
        finally:
            self._let_go(held)
        if lost is not None:
            raise refused("window_hidden", lost)
        return self._hands.acted(turn)

    def up(self, button: Button) -> Acted:
        """Let a button go; nothing happens where it is not down."""
        with self._hands.turn(None) as turn:
            self._let_go(_button(button))
            return self._hands.acted(turn)

    def _move(self, turn: Turn, point: Point, picture: Size | None) -> None:
        def jump(display: Display) -> None:
            there = turn.target.on_screen(display, point, picture)
            turn.target.must_be_at(display, there)
            _warp(display, there)
            _must_have_arrived(display, there)

        self._hands.move(turn, jump)

    def _glide(self, turn: Turn, point: Point, picture: Size | None, duration: float) -> None:
        with self._hands.looking() as display:
            start = layout.pointer_of(display)
        began, part = time.monotonic(), 0.0
        while part < 1.0:
            self._hands.wait(turn, STEP_S)
            part = min(1.0, (time.monotonic() - began) / duration) if duration else 1.0

            def step(display: Display, part: float = part) -> None:
                end = turn.target.on_screen(display, point, picture)  # the window may move while we drag in it
                along = Point(round(start.x + part * (end.x - start.x)), round(start.y + part * (end.y - start.y)))
                _warp(display, along)
                _must_have_arrived(display, along)

            self._hands.move(turn, step)

    def _tap(self, turn: Turn, held: Held) -> None:
        if self._hands.is_held(held):
            raise refused("already_held", f"the {held.name} is held: mouse_up lets go of it first")
        self._press(turn, held, HOLD_LIMIT_S)
        try:
            self._hands.wait(turn, TAP_S)
        finally:
            self._let_go(held)

    def _press(self, turn: Turn, held: Held, seconds: float) -> None:
        def check(display: Display) -> None:
            turn.target.place(display)
            turn.target.must_be_at(display, layout.pointer_of(display))

        self._hands.press(turn, held, seconds, check)

    def _let_go(self, held: Held) -> None:
        if self._hands.is_held(held):
            self._hands.release(held)


def _button(name: Button) -> Held:
    return Held("button", _CODES[name], f"{name} button")


def _must_have_arrived(display: Display, there: Point) -> None:
    """See that nothing kept the pointer from going there: a program that grabbed it may confine it to its window."""
    point = layout.pointer_of(display)
    if point != there:
        raise refused(
            "pointer_confined",
            f"the pointer went to ({point.x}, {point.y}), not to ({there.x}, {there.y}): a program confines it there."
            " Where that is the game itself, which looks around by the mouse, use move_relative",
        )


def _warp(display: Display, point: Point) -> None:
    xtest.fake_input(display, X.MotionNotify, x=point.x, y=point.y)

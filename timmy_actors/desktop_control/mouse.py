"""Mouse actions: moves, clicks, drags, scrolling, and buttons that stay down."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from Xlib import X
from Xlib.ext import xtest

from timmy_actors.desktop_control import layout
from timmy_actors.desktop_control.held_keys import Held
from timmy_actors.desktop_control.input import HOLD_LIMIT_S, LONGEST_HOLD_S, TAP_S, Input, Turn
from timmy_actors.desktop_control.questions import Survey
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.results import Acted
from timmy_actors.desktop_control.selectors import Titles
from timmy_actors.desktop_control.window_target import Point, Size

if TYPE_CHECKING:
    from Xlib.display import Display

Button = Literal["left", "middle", "right"]

GRACE_S = 0.1
"""Added to the expiry of a held button, so that it expires only if the action does not release it in time."""
HOVER_S = 0.02
"""Time between a move and a press: a game's menu handles the pointer's position one frame before the click."""
ARRIVE_WITHIN_S = 0.5
"""How long the pointer may take to a point before a program counts as confining it."""
LOOK_EVERY_S = 0.005
STEP_S = 1 / 60
"""How often a drag moves the pointer."""
LONGEST_DRAG_S = 30.0
MOST_STEPS = 100
"""Maximum wheel steps in one call."""
FARTHEST = 10_000
"""Maximum pixels of one relative move in each direction: the X protocol's numbers have 16 bits."""

_CODES: dict[Button, int] = {"left": 1, "middle": 2, "right": 3}
_WHEEL_UP, _WHEEL_DOWN = 4, 5


class Mouse:
    """Mouse actions on a window."""

    def __init__(self, desktop_input: Input) -> None:
        self._input = desktop_input

    def move(self, point: Point, picture: Size | None, titles: Titles | None) -> Acted:
        """Move the pointer to a point of the window."""
        with self._input.turn(titles) as turn:
            self._move(turn, point, picture)
            return self._input.acted(turn)

    def move_by(self, dx: int, dy: int, titles: Titles | None) -> Acted:
        """Move the pointer relative to its position; the window must have the focus or be under the pointer."""
        if not (-FARTHEST <= dx <= FARTHEST and -FARTHEST <= dy <= FARTHEST):
            raise refused("bad_arguments", f"({dx}, {dy}): dx and dy must be within {FARTHEST} pixels of 0")
        with self._input.turn(titles) as turn:

            def nudge(display: Display) -> None:
                window = turn.target.window
                if window is None or not layout.has_focus(display, window):
                    turn.target.must_be_at(display, layout.pointer_of(display))
                xtest.fake_input(display, X.MotionNotify, detail=1, x=dx, y=dy)

            self._input.move(turn, nudge)
            return self._input.acted(turn)

    def click(
        self, point: Point | None, picture: Size | None, titles: Titles | None, button: Button = "left", times: int = 1
    ) -> Acted:
        """Click at a point of the window, or at the pointer's position if `point` is None."""
        with self._input.turn(titles) as turn:
            if point is not None:
                self._move(turn, point, picture)
                self._input.wait(turn, HOVER_S)
            for number in range(times):
                if number:
                    self._input.wait(turn, TAP_S)
                self._tap(turn, _button(button))
            return self._input.acted(turn)

    def drag(
        self, point: Point, picture: Size | None, titles: Titles | None, duration: float, button: Button = "left"
    ) -> Acted:
        """Press the button, move to a point of the window in `duration` seconds, and release the button."""
        if not 0 <= duration <= LONGEST_DRAG_S:
            raise refused("bad_arguments", f"duration {duration:g}: must be 0 to {LONGEST_DRAG_S:g} seconds")
        with self._input.turn(titles) as turn:
            with self._input.querying() as display:
                turn.target.on_screen(display, point, picture)
            held = _button(button)
            self._press(turn, held, duration + HOLD_LIMIT_S)
            try:
                self._glide(turn, point, picture, duration)
                self._input.wait(turn, HOVER_S)
            finally:
                self._release(held)
            return self._input.acted(turn)

    def scroll(self, amount: int, point: Point | None, picture: Size | None, titles: Titles | None) -> Acted:
        """Turn the wheel up if `amount` is positive, down if it is negative."""
        if not 0 < abs(amount) <= MOST_STEPS:
            raise refused("bad_arguments", f"amount {amount}: must be 1 to {MOST_STEPS}, or -1 to -{MOST_STEPS}")
        with self._input.turn(titles) as turn:
            if point is not None:
                self._move(turn, point, picture)
                self._input.wait(turn, HOVER_S)
            wheel = Held("button", _WHEEL_UP if amount > 0 else _WHEEL_DOWN, "the wheel")
            for _ in range(abs(amount)):
                self._press(turn, wheel, HOLD_LIMIT_S)
                self._input.release(wheel)  # a wheel step has no duration
            return self._input.acted(turn)

    def down(self, button: Button, titles: Titles | None, expires_s: float = HOLD_LIMIT_S) -> Acted:
        """Press a button that stays down for `expires_s`; for a button that is down, only the expiry changes."""
        if not 0 < expires_s <= LONGEST_HOLD_S:
            raise refused("bad_arguments", f"{expires_s:g} s: must be more than 0 and at most {LONGEST_HOLD_S:g} s")
        with self._input.turn(titles) as turn:
            held = _button(button)
            if self._input.is_held(held):
                self._input.renew(held, expires_s)
            else:
                self._press(turn, held, expires_s)
            return self._input.acted(turn)

    def hold(self, button: Button, seconds: float, titles: Titles | None) -> Acted:
        """Hold a button for `seconds`. Other actions can run at the same time, for example to aim a drawn bow.

        Raises:
            RefusedError: the window was lost, or the action was interrupted, before the time was over.
        """
        if not 0 < seconds <= LONGEST_HOLD_S:
            raise refused("bad_arguments", f"{seconds:g} s: must be more than 0 and at most {LONGEST_HOLD_S:g} s")
        held = _button(button)
        with self._input.turn(titles) as turn:
            if self._input.is_held(held):
                raise refused("already_held", f"the {held.name} is held: release it with mouse_up first")
            self._press(turn, held, seconds + GRACE_S)
        try:
            self._input.wait(turn, seconds, until=lambda: not self._input.is_held(held))
            lost = self._input.lost_reason(held)
        finally:
            self._release(held)
        if lost is not None:
            raise refused("window_hidden", lost)
        return self._input.acted(turn)

    def up(self, button: Button) -> Acted:
        """Release a button; without effect if it is not held."""
        with self._input.turn(None) as turn:
            self._release(_button(button))
            return self._input.acted(turn)

    def _move(self, turn: Turn, point: Point, picture: Size | None) -> None:
        def jump(display: Display) -> None:
            there = turn.target.on_screen(display, point, picture)
            turn.target.must_be_at(display, there)
            _warp(display, there)
            _must_have_arrived(display, there)

        self._input.move(turn, jump)

    def _glide(self, turn: Turn, point: Point, picture: Size | None, duration: float) -> None:
        with self._input.querying() as display:
            start = layout.pointer_of(display)
        began, part = time.monotonic(), 0.0
        while part < 1.0:
            self._input.wait(turn, STEP_S)
            part = min(1.0, (time.monotonic() - began) / duration) if duration else 1.0

            def step(display: Display, part: float = part) -> None:
                end = turn.target.on_screen(display, point, picture)  # the window may move during the drag
                along = Point(round(start.x + part * (end.x - start.x)), round(start.y + part * (end.y - start.y)))
                _warp(display, along)
                _must_have_arrived(display, along)

            self._input.move(turn, step)

    def _tap(self, turn: Turn, held: Held) -> None:
        if self._input.is_held(held):
            raise refused("already_held", f"the {held.name} is held: release it with mouse_up first")
        self._press(turn, held, HOLD_LIMIT_S)
        try:
            self._input.wait(turn, TAP_S)
        finally:
            self._release(held)

    def _press(self, turn: Turn, held: Held, seconds: float) -> None:
        def check(display: Display) -> None:
            turn.target.place(Survey(display))
            turn.target.must_be_at(display, layout.pointer_of(display))

        self._input.press(turn, held, seconds, check)

    def _release(self, held: Held) -> None:
        if self._input.is_held(held):
            self._input.release(held)


def _button(name: Button) -> Held:
    return Held("button", _CODES[name], f"{name} button")


def _must_have_arrived(display: Display, there: Point) -> None:
    """Check that the pointer reached the point: a program that grabbed the pointer may confine it to its window.

    A window manager that handles a button press freezes the pointer, on a busy machine for a moment.
    """
    deadline = time.monotonic() + ARRIVE_WITHIN_S
    while (point := layout.pointer_of(display)) != there and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_S)
    if point != there:
        raise refused(
            "pointer_confined",
            f"the pointer moved to ({point.x}, {point.y}), not to ({there.x}, {there.y}): a program confines it."
            " If that program is the game and it uses the mouse to look around, use move_relative",
        )


def _warp(display: Display, point: Point) -> None:
    xtest.fake_input(display, X.MotionNotify, x=point.x, y=point.y)

"""Keyboard actions: taps, combinations, text, and keys that stay down."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from Xlib import XK, X

from timmy_actors.desktop_control import xkb
from timmy_actors.desktop_control.held_keys import Held
from timmy_actors.desktop_control.input import HOLD_LIMIT_S, LONGEST_HOLD_S, TAP_S, Input, Turn
from timmy_actors.desktop_control.keyboard import By, Stroke
from timmy_actors.desktop_control.keys import keys_of_combination
from timmy_actors.desktop_control.reasons import refused
from timmy_actors.desktop_control.results import Acted
from timmy_actors.desktop_control.selectors import Titles
from timmy_actors.errors import RefusedError

if TYPE_CHECKING:
    from Xlib.display import Display

TYPED_DOWN_S = 0.01
"""How long a typed key stays down. A program reads text from its event queue, which misses no short press."""
TYPED_APART_S = 0.02
"""From one character to the next: 50 a second, a rate at which text fields in games lose no character."""
LONGEST_TEXT = 1000
"""Characters in one call: 20 seconds of typing."""
GRACE_S = 0.1
"""Added to the expiry of a held key, so that it expires only if the action does not release it in time."""
MODIFIERS = {X.ShiftMask: "shift", X.ControlMask: "ctrl", X.Mod1Mask: "alt", X.Mod4Mask: "super", X.Mod5Mask: "altgr"}
"""The modifiers that change a typed character. Caps Lock is checked separately; Num Lock changes no text."""


class Keystrokes:
    """Keyboard actions on a window."""

    def __init__(self, desktop_input: Input) -> None:
        self._input = desktop_input

    def tap(self, key: str, titles: Titles | None, by: By = "position") -> Acted:
        """Press and release a key."""
        return self.combination(key, [key], titles, by)

    def hotkey(self, text: str, titles: Titles | None, by: By = "position") -> Acted:
        """Press the keys of a combination in order, and release them in reverse order."""
        return self.combination(text, keys_of_combination(text), titles, by)

    def combination(self, text: str, names: Sequence[str], titles: Titles | None, by: By) -> Acted:
        """Press keys in order, hold all of them briefly, and release those that were not held before."""
        with self._input.turn(titles) as turn:
            keys = [key for name in names for key in self._keys_of(name, by)]
            if self._input.is_held(keys[-1]):
                raise refused("already_held", f"{keys[-1].name} of {text!r} is held: release it with key_up first")
            self._tap(turn, [key for key in keys if not self._input.is_held(key)], by)
            return self._input.acted(turn)

    def down(self, key: str, titles: Titles | None, expires_s: float = HOLD_LIMIT_S, by: By = "position") -> Acted:
        """Press a key that stays down for `expires_s`; for a key that is down, only the expiry changes."""
        _refuse_longer_than_allowed(expires_s)
        with self._input.turn(titles) as turn:
            for each in self._keys_of(key, by):
                self._press(turn, each, expires_s)
            return self._input.acted(turn)

    def up(self, key: str, by: By = "position") -> Acted:
        """Release a key; without effect if it is not held."""
        with self._input.turn(None) as turn:
            for each in reversed(self._keys_of(key, by)):
                if self._input.is_held(each):
                    self._input.release(each)
            return self._input.acted(turn)

    def hold(self, key: str, seconds: float, titles: Titles | None, by: By = "position") -> Acted:
        """Hold a key for `seconds`. Other actions can run at the same time, for example to look around while walking.

        Raises:
            RefusedError: the window lost the focus, or the action was interrupted, before the time was over.
        """
        _refuse_longer_than_allowed(seconds)
        with self._input.turn(titles) as turn:
            keys = self._keys_of(key, by)
            if self._input.is_held(keys[-1]):
                raise refused("already_held", f"{key!r} is held: release it with key_up first")
            for each in keys:
                self._press(turn, each, seconds + GRACE_S)
            end = time.monotonic() + seconds
        try:
            self._stay(turn, keys[-1], end, seconds)
        finally:
            self._release(keys)
        return self._input.acted(turn)

    def text(self, text: str, titles: Titles | None, interval_s: float = TYPED_APART_S) -> Acted:
        """Type text, character by character; if one of them cannot be typed, nothing is typed.

        Raises:
            RefusedError: a character cannot be typed, the action was interrupted, or the window lost the focus. The
                message contains how many characters were typed before.
        """
        if not 0 < len(text) <= LONGEST_TEXT:
            raise refused("bad_arguments", f"text: {len(text)} characters: must be 1 to {LONGEST_TEXT} in one call")
        with self._input.turn(titles) as turn:
            with self._input.querying() as display:
                keysyms = self._input.keyboard.keysyms_of_text(display, text)
            for typed, keysym in enumerate(keysyms):
                try:
                    self._type(turn, text[typed], keysym, interval_s)
                except RefusedError as error:
                    error.message += f" ({typed} of {len(text)} characters were typed before)"
                    raise
            return self._input.acted(turn)

    def _type(self, turn: Turn, character: str, keysym: int, interval_s: float) -> None:
        with self._input.querying() as display:
            ready_in = self._input.keyboard.ready_in(display, keysym)
        self._input.wait(turn, ready_in)
        with self._input.querying() as display:
            stroke = self._input.keyboard.stroke_of_keysym(display, keysym)
            keys = self._with_modifiers(character, stroke)
        if self._input.is_held(keys[-1]):
            raise refused("already_held", f"the key of {character!r} is held: release it with key_up first")
        self._must_get_keys(turn)

        def check(display: Display) -> None:
            turn.target.must_have_focus(display)
            _refuse_held_modifiers(display)

        self._input.tap(turn, keys, TYPED_DOWN_S, check)
        self._input.wait(turn, interval_s - TYPED_DOWN_S)

    def _tap(self, turn: Turn, keys: list[Held], by: By) -> None:
        self._must_get_keys(turn)
        with self._input.querying() as display:
            locks = xkb.locked_modifiers(display) if by == "position" and _has_lock(display, keys) else None
        self._input.tap(turn, keys, TAP_S, turn.target.must_have_focus)
        if locks is not None:
            with self._input.querying() as display:
                xkb.lock_modifiers(display, locks)

    def _press(self, turn: Turn, key: Held, seconds: float) -> None:
        if self._input.is_held(key):
            self._input.renew(key, seconds)
            return
        self._must_get_keys(turn)
        self._input.press(turn, key, seconds, turn.target.must_have_focus)

    def _must_get_keys(self, turn: Turn) -> None:
        # Outside a grab of the X server: the check may need a reply from another program.
        with self._input.querying() as display:
            turn.target.must_get_keys(display)

    def _release(self, keys: list[Held]) -> None:
        for key in reversed(keys):
            if self._input.is_held(key):
                self._input.release(key)

    def _stay(self, turn: Turn, key: Held, end: float, seconds: float) -> None:
        self._input.wait(turn, end - time.monotonic(), until=lambda: not self._input.is_held(key))
        lost = self._input.lost_reason(key)
        if lost is not None:
            held = seconds - max(0.0, end - time.monotonic())
            raise refused("not_focused", f"{lost} (released after {held:.1f} s)")

    def _keys_of(self, name: str, by: By) -> list[Held]:
        with self._input.querying() as display:
            return self._with_modifiers(name, self._input.keyboard.stroke_of_key(display, name, by))

    def _with_modifiers(self, name: str, stroke: Stroke) -> list[Held]:
        keyboard, key = self._input.keyboard, Held("key", stroke.keycode, name)
        with self._input.querying() as display:
            shift = [Held("key", keyboard.shift(display), "shift")] if stroke.shift else []
            altgr = [Held("key", keyboard.altgr(display), "altgr")] if stroke.altgr else []
        return [*shift, *altgr, key]


def _has_lock(display: Display, keys: Sequence[Held]) -> bool:
    """Whether one of the keys locks a modifier."""
    locks = {XK.XK_Caps_Lock, XK.XK_Num_Lock, XK.XK_Scroll_Lock, XK.XK_Shift_Lock}
    return any(not locks.isdisjoint(display.get_keyboard_mapping(key.code, 1)[0]) for key in keys)


def _refuse_held_modifiers(display: Display) -> None:
    mask = display.screen().root.query_pointer().mask
    held = [name for bit, name in MODIFIERS.items() if mask & bit]
    if held:
        raise refused(
            "cannot_type", f"{' and '.join(held)} is held and would change the text: call key_up or release_all first"
        )


def _refuse_longer_than_allowed(seconds: float) -> None:
    if not 0 < seconds <= LONGEST_HOLD_S:
        raise refused("bad_arguments", f"{seconds:g} s: must be more than 0 and at most {LONGEST_HOLD_S:g} s")

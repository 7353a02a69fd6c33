"""The keyboard's map: which keys make a character or a named key, and spare keys borrowed for what no key makes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from Xlib import XK, X

from timmy_actors.desktop_control import xkb
from timmy_actors.desktop_control.keys import keysym_of_character, keysym_of_key, place_of_key, x_name_of_key
from timmy_actors.desktop_control.reasons import refused

if TYPE_CHECKING:
    from Xlib.display import Display

By = Literal["position", "keysym"]
"""How a key is found: where it is on a US keyboard (what games read), or by what it makes on the layout in use."""

REUSE_AFTER_S = 0.25
"""How long a borrowed key keeps its character: a program asks what a key means only when it gets round to it."""
KEPT_FREE = 2
"""Spare keys that are never borrowed: other programs borrow too."""
LEVEL3_SHIFT = XK.string_to_keysym("ISO_Level3_Shift")
LOCK_MASK = X.LockMask
LAYOUT_MASK = 0x6000
"""The bits of a pointer query's mask in which XKB says which layout is active."""


LEVELS = ((0, False, False), (1, True, False), (4, False, True), (5, True, True))
"""Columns of the core keyboard map on the first layout, with whether shift and AltGr lead there (XKB, section 17.1.1);
columns 2 and 3 are the second layout's."""


class Stroke(NamedTuple):
    """A key to press, and whether shift and AltGr belong to it."""

    keycode: int
    shift: bool = False
    altgr: bool = False


class Keyboard:
    """What one X server's keys mean. `borrowing` is told which spare keys are about to mean something."""

    def __init__(self, borrowing: Callable[[list[int]], None]) -> None:
        self._borrowing = borrowing
        self._borrowed: dict[int, tuple[int, float]] = {}
        """By keycode: the keysym it makes, and when it was last used (monotonic)."""
        self._map: dict[int, Stroke] | None = None
        self._places: dict[str, int] = {}
        self._learnt_from: Display | None = None

    def stroke_of_key(self, display: Display, name: str, by: By = "position") -> Stroke:
        """The key called `name`: where a US keyboard has it, or (`by` keysym) what makes it on the layout in use.

        What a US keyboard does not have, and on an X server without XKB everything, is found by keysym.

        Raises:
            RefusedError: no key is called so, or this keyboard has none such.
        """
        keysym, keymap = keysym_of_key(name), self._keymap(display)
        place = place_of_key(name, x_name_of_key(name)) if by == "position" else None
        if place is not None and place[0] in self._places:
            return Stroke(self._places[place[0]], shift=place[1])
        found = self._on_the_map(keymap, keysym)
        if found is None:
            raise refused("unknown_key", f"this keyboard has no key {name!r}: choose another")
        return found

    def keysyms_of_text(self, display: Display, text: str) -> list[int]:
        """The keysyms that type `text`, once it is sure that each can be typed.

        Raises:
            RefusedError: one cannot be typed; nothing was.
        """
        _refuse_a_shifted_meaning(display)
        keysyms = [keysym_of_character(character) for character in text]
        keymap = self._keymap(display)
        foreign = next((at for at, keysym in enumerate(keysyms) if keysym not in keymap), None)
        if foreign is not None and not self._spare(display):
            raise refused(
                "cannot_type",
                f"character {foreign + 1}, {text[foreign]!r} (U+{ord(text[foreign]):04X}):"
                " no key makes it, and none is spare to be taught it",
            )
        return keysyms

    def ready_in(self, display: Display, keysym: int) -> float:
        """How many seconds must pass before a key can be taught `keysym`; none, where one makes it already."""
        if self._on_the_map(self._keymap(display), keysym) is not None:
            return 0.0
        _, last_used = self._borrowed.get(self._next_to_borrow(display), (0, float("-inf")))
        return max(0.0, last_used + REUSE_AFTER_S - time.monotonic())

    def stroke_of_keysym(self, display: Display, keysym: int) -> Stroke:
        """The key that makes `keysym`, a spare one taught to if need be; ask `ready_in` first.

        Raises:
            RefusedError: no key is spare.
        """
        return self._on_the_map(self._keymap(display), keysym) or self._borrow(display, keysym)

    def give_back(self, display: Display) -> None:
        """Let the borrowed keys mean nothing again."""
        forget(display, self._borrowed)
        self._borrowed.clear()
        self._borrowing([])

    def shift(self, display: Display) -> int:
        """The shift key."""
        return display.keysym_to_keycode(XK.XK_Shift_L)

    def altgr(self, display: Display) -> int:
        """The key that leads to a key's third character: right of the space bar where the layout has it there."""
        right = self._places.get("RALT", 0)
        if right and LEVEL3_SHIFT in display.get_keyboard_mapping(right, 1)[0]:
            return right
        return display.keysym_to_keycode(LEVEL3_SHIFT)

    def _keymap(self, display: Display) -> dict[int, Stroke]:
        """What the keys make on the first layout, with and without shift and AltGr; read again once it changed."""
        if display is not self._learnt_from:
            self._borrowed.clear()  # another server, or the same one started anew
            self._map, self._learnt_from = None, display
        while display.pending_events():
            if display.next_event().type == X.MappingNotify:
                self._map = None
        if self._map is None:
            self._map, self._places = _read_keymap(display), xkb.key_names(display)
        return self._map

    def _on_the_map(self, keymap: dict[int, Stroke], keysym: int) -> Stroke | None:
        found = keymap.get(keysym)
        if found is not None and found.keycode in self._borrowed:
            kept, _ = self._borrowed[found.keycode]
            self._borrowed[found.keycode] = (kept, time.monotonic())
        return found

    def _spare(self, display: Display) -> list[int]:
        free = [keycode for keycode, row in _rows(display) if not any(row)]
        return free[KEPT_FREE:] + list(self._borrowed)

    def _next_to_borrow(self, display: Display) -> int:
        spare = self._spare(display)
        if not spare:
            raise refused("cannot_type", "no key of this keyboard is spare any more: type plainer text")
        return min(spare, key=lambda each: self._borrowed.get(each, (0, float("-inf")))[1])

    def _borrow(self, display: Display, keysym: int) -> Stroke:
        keycode = self._next_to_borrow(display)
        self._borrowed[keycode] = (keysym, time.monotonic())
        self._borrowing(sorted(self._borrowed))
        # A letter on the first level alone would stand for both its cases.
        display.change_keyboard_mapping(keycode, [(keysym, keysym)])
        display.sync()
        self._map = None
        return Stroke(keycode)


def forget(display: Display, keycodes: Iterable[int]) -> None:
    """Let keys mean nothing."""
    for keycode in keycodes:
        display.change_keyboard_mapping(keycode, [(X.NoSymbol, X.NoSymbol)])
    display.sync()


def _rows(display: Display) -> list[tuple[int, Sequence[int]]]:
    low, high = display.display.info.min_keycode, display.display.info.max_keycode
    return list(enumerate(display.get_keyboard_mapping(low, high - low + 1), start=low))


def _read_keymap(display: Display) -> dict[int, Stroke]:
    found: dict[int, Stroke] = {}
    rows = _rows(display)
    for column, shift, altgr in LEVELS:
        for keycode, row in rows:
            if len(row) > column and row[column]:
                found.setdefault(row[column], Stroke(keycode, shift, altgr))
    return found


def _refuse_a_shifted_meaning(display: Display) -> None:
    mask = display.screen().root.query_pointer().mask
    if mask & LOCK_MASK:
        raise refused(
            "cannot_type", "Caps Lock is on, so the case would be wrong: press_key('capslock', by='keysym') first"
        )
    if mask & LAYOUT_MASK:
        raise refused("cannot_type", "the keyboard's second layout is active: switch to the first one")

"""The keyboard map: which key produces a keysym, and spare keys that are temporarily mapped to other characters."""

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
"""How a key is found: by its position on a US keyboard (which games read), or by its keysym on the active layout."""

REUSE_AFTER_S = 0.25
"""Minimum time before a borrowed key is mapped to another character: a program may look up the mapping late."""
RESERVED_KEYS = 2
"""Spare keys that are never borrowed: other programs borrow keys too."""
LEVEL3_SHIFT = XK.string_to_keysym("ISO_Level3_Shift")
LOCK_MASK = X.LockMask
LAYOUT_MASK = 0x6000
"""The bits of a pointer query's mask that hold XKB's active layout."""


LEVELS = ((0, False, False), (1, True, False), (4, False, True), (5, True, True))
"""Columns of the core keyboard map for the first layout, with whether shift and AltGr select them (XKB, section
17.1.1); columns 2 and 3 belong to the second layout."""


class Stroke(NamedTuple):
    """A key to press, and whether shift and AltGr are pressed with it."""

    keycode: int
    shift: bool = False
    altgr: bool = False


class Keyboard:
    """The key mapping of one X server. `on_borrow` is called with the borrowed keycodes before they are mapped."""

    def __init__(self, on_borrow: Callable[[list[int]], None]) -> None:
        self._on_borrow = on_borrow
        self._borrowed: dict[int, tuple[int, float]] = {}
        """By keycode: its keysym, and when it was last used (monotonic)."""
        self._map: dict[int, Stroke] | None = None
        self._places: dict[str, int] = {}
        self._read_from: Display | None = None

    def stroke_of_key(self, display: Display, name: str, by: By = "position") -> Stroke:
        """The key named `name`: by its position on a US keyboard, or (`by` keysym) by its keysym on the active layout.

        A key that a US keyboard lacks is found by its keysym, and so is every key on an X server without XKB.

        Raises:
            RefusedError: the name is unknown, or this keyboard has no such key.
        """
        keysym, keymap = keysym_of_key(name), self._keymap(display)
        place = place_of_key(name, x_name_of_key(name)) if by == "position" else None
        if place is not None and place[0] in self._places:
            return Stroke(self._places[place[0]], shift=place[1])
        stroke = self._mapped(keymap, keysym)
        if stroke is None:
            raise refused("unknown_key", f"this keyboard has no key {name!r}: choose another")
        return stroke

    def keysyms_of_text(self, display: Display, text: str) -> list[int]:
        """The keysyms that type `text`, after a check that each can be typed.

        Raises:
            RefusedError: a character cannot be typed.
        """
        _refuse_locked_state(display)
        keysyms = [keysym_of_character(character) for character in text]
        keymap = self._keymap(display)
        foreign = next((at for at, keysym in enumerate(keysyms) if keysym not in keymap), None)
        if foreign is not None and not self._spare(display):
            raise refused(
                "cannot_type",
                f"character {foreign + 1}, {text[foreign]!r} (U+{ord(text[foreign]):04X}):"
                " no key produces it, and no spare key is left to map to it",
            )
        return keysyms

    def ready_in(self, display: Display, keysym: int) -> float:
        """How many seconds must pass before a spare key can be mapped to `keysym`; 0 if a key produces it already."""
        if self._mapped(self._keymap(display), keysym) is not None:
            return 0.0
        _, last_used = self._borrowed.get(self._next_to_borrow(display), (0, float("-inf")))
        return max(0.0, last_used + REUSE_AFTER_S - time.monotonic())

    def stroke_of_keysym(self, display: Display, keysym: int) -> Stroke:
        """The key that produces `keysym`; maps a spare key if necessary. Wait for `ready_in` first.

        Raises:
            RefusedError: no spare key is left.
        """
        return self._mapped(self._keymap(display), keysym) or self._borrow(display, keysym)

    def unmap_borrowed(self, display: Display) -> None:
        """Remove the mappings of the borrowed keys."""
        unmap(display, self._borrowed)
        self._borrowed.clear()
        self._on_borrow([])

    def shift(self, display: Display) -> int:
        """The shift key."""
        return display.keysym_to_keycode(XK.XK_Shift_L)

    def altgr(self, display: Display) -> int:
        """The key that selects a key's third character: the one right of the space bar if the layout maps it so."""
        right = self._places.get("RALT", 0)
        if right and LEVEL3_SHIFT in display.get_keyboard_mapping(right, 1)[0]:
            return right
        return display.keysym_to_keycode(LEVEL3_SHIFT)

    def _keymap(self, display: Display) -> dict[int, Stroke]:
        """The keys by the keysym that they produce on the first layout; read again after a change."""
        if display is not self._read_from:
            self._borrowed.clear()  # another X server, or a restarted one
            self._map, self._read_from = None, display
        while display.pending_events():
            if display.next_event().type == X.MappingNotify:
                self._map = None
        if self._map is None:
            self._map, self._places = _read_keymap(display), xkb.key_names(display)
        return self._map

    def _mapped(self, keymap: dict[int, Stroke], keysym: int) -> Stroke | None:
        stroke = keymap.get(keysym)
        if stroke is not None and stroke.keycode in self._borrowed:
            borrowed, _ = self._borrowed[stroke.keycode]
            self._borrowed[stroke.keycode] = (borrowed, time.monotonic())
        return stroke

    def _spare(self, display: Display) -> list[int]:
        free = [keycode for keycode, row in _rows(display) if not any(row)]
        return free[RESERVED_KEYS:] + list(self._borrowed)

    def _next_to_borrow(self, display: Display) -> int:
        spare = self._spare(display)
        if not spare:
            raise refused("cannot_type", "this keyboard has no spare key left: use characters that its keys produce")
        return min(spare, key=lambda each: self._borrowed.get(each, (0, float("-inf")))[1])

    def _borrow(self, display: Display, keysym: int) -> Stroke:
        keycode = self._next_to_borrow(display)
        self._borrowed[keycode] = (keysym, time.monotonic())
        self._on_borrow(sorted(self._borrowed))
        # With the first level alone, X derives the upper case of a letter for the second.
        display.change_keyboard_mapping(keycode, [(keysym, keysym)])
        display.sync()
        self._map = None
        return Stroke(keycode)


def unmap(display: Display, keycodes: Iterable[int]) -> None:
    """Remove the mappings of keys."""
    for keycode in keycodes:
        display.change_keyboard_mapping(keycode, [(X.NoSymbol, X.NoSymbol)])
    display.sync()


def _rows(display: Display) -> list[tuple[int, Sequence[int]]]:
    low, high = display.display.info.min_keycode, display.display.info.max_keycode
    return list(enumerate(display.get_keyboard_mapping(low, high - low + 1), start=low))


def _read_keymap(display: Display) -> dict[int, Stroke]:
    strokes: dict[int, Stroke] = {}
    rows = _rows(display)
    for column, shift, altgr in LEVELS:
        for keycode, row in rows:
            if len(row) > column and row[column]:
                strokes.setdefault(row[column], Stroke(keycode, shift, altgr))
    return strokes


def _refuse_locked_state(display: Display) -> None:
    mask = display.screen().root.query_pointer().mask
    if mask & LOCK_MASK:
        raise refused(
            "cannot_type", "Caps Lock is on and would change the case: call press_key('capslock', by='keysym') first"
        )
    if mask & LAYOUT_MASK:
        raise refused("cannot_type", "the keyboard's second layout is active: switch to the first one")

"""Names of keys: plain names, pyautogui's names, characters, and X keysym names. Pure."""

from __future__ import annotations

import difflib

from Xlib import XK

from timmy_actors.desktop_control.reasons import refused


def _row(prefix: str, plain: str, shifted: str) -> dict[str, tuple[str, bool]]:
    names = [f"{prefix}{number:02}" for number in range(1, len(plain) + 1)]
    lower = {character: (name, False) for character, name in zip(plain, names, strict=True)}
    return lower | {character: (name, True) for character, name in zip(shifted, names, strict=True) if character != " "}


_CHARACTERS = {
    **_row("AE", "1234567890-=", "!@#$%^&*()_+"),
    **_row("AD", "qwertyuiop[]", "          {}"),
    **_row("AC", "asdfghjkl;'", '         :"'),
    **_row("AB", "zxcvbnm,./", "       <>?"),
    "`": ("TLDE", False), "~": ("TLDE", True), "\\": ("BKSL", False), "|": ("BKSL", True),
}  # fmt: skip
_KEYSYMS = {
    "Escape": "ESC", "Tab": "TAB", "Return": "RTRN", "BackSpace": "BKSP", "space": "SPCE", "Caps_Lock": "CAPS",
    "Shift_L": "LFSH", "Shift_R": "RTSH", "Control_L": "LCTL", "Control_R": "RCTL", "Alt_L": "LALT", "Alt_R": "RALT",
    "ISO_Level3_Shift": "RALT", "Super_L": "LWIN", "Super_R": "RWIN", "Menu": "COMP",
    "Insert": "INS", "Delete": "DELE", "Home": "HOME", "End": "END", "Page_Up": "PGUP", "Page_Down": "PGDN",
    "Prior": "PGUP", "Next": "PGDN", "Up": "UP", "Down": "DOWN", "Left": "LEFT", "Right": "RGHT",
    "Print": "PRSC", "Scroll_Lock": "SCLK", "Pause": "PAUS", "Num_Lock": "NMLK",
    "KP_Divide": "KPDV", "KP_Multiply": "KPMU", "KP_Subtract": "KPSU", "KP_Add": "KPAD", "KP_Enter": "KPEN",
    "KP_Decimal": "KPDL", **{f"KP_{digit}": f"KP{digit}" for digit in range(10)},
    **{f"F{number}": f"FK{number:02}" for number in range(1, 25)},
    "minus": "AE11", "plus": "AE12", "comma": "AB08", "period": "AB09", "slash": "AB10",
    "semicolon": "AC10", "apostrophe": "AC11", "grave": "TLDE", "backslash": "BKSL", "equal": "AE12",
    "bracketleft": "AD11", "bracketright": "AD12",
}  # fmt: skip
_SHIFTED = frozenset(("plus",))


def place_of_key(name: str, keysym: str) -> tuple[str, bool] | None:
    """The XKB name of a US keyboard's key, and whether shift is pressed with it; None: a US keyboard has no such key.

    `name` is the key's name in the call; `keysym` is the X name of its keysym.
    """
    if len(name) == 1 and name.lower() in _CHARACTERS:
        return _CHARACTERS[name.lower()]
    place = _KEYSYMS.get(keysym)
    return None if place is None else (place, keysym in _SHIFTED)


LONGEST_NAME = 40
XK.load_keysym_group("xkb")  # for ISO_Level3_Shift, the keysym of AltGr
_NAMES = {
    "alt": "Alt_L", "altleft": "Alt_L", "altright": "Alt_R", "altgr": "ISO_Level3_Shift",
    "ctrl": "Control_L", "control": "Control_L", "ctrlleft": "Control_L", "ctrlright": "Control_R",
    "shift": "Shift_L", "shiftleft": "Shift_L", "shiftright": "Shift_R",
    "super": "Super_L", "win": "Super_L", "winleft": "Super_L", "winright": "Super_R",
    "cmd": "Super_L", "command": "Super_L", "meta": "Super_L", "option": "Alt_L",
    "enter": "Return", "return": "Return", "esc": "Escape", "escape": "Escape", "space": "space", "tab": "Tab",
    "backspace": "BackSpace", "delete": "Delete", "del": "Delete", "insert": "Insert", "home": "Home", "end": "End",
    "pageup": "Page_Up", "page_up": "Page_Up", "pgup": "Page_Up",
    "pagedown": "Page_Down", "page_down": "Page_Down", "pgdn": "Page_Down",
    "up": "Up", "down": "Down", "left": "Left", "right": "Right",
    "capslock": "Caps_Lock", "caps_lock": "Caps_Lock", "numlock": "Num_Lock", "scrolllock": "Scroll_Lock",
    "printscreen": "Print", "prtsc": "Print", "pause": "Pause", "menu": "Menu", "apps": "Menu",
    "plus": "plus", "minus": "minus", "comma": "comma", "period": "period", "slash": "slash",
    "add": "KP_Add", "subtract": "KP_Subtract", "multiply": "KP_Multiply", "divide": "KP_Divide",
    "decimal": "KP_Decimal",
    **{f"num{digit}": f"KP_{digit}" for digit in range(10)},
    **{f"f{number}": f"F{number}" for number in range(1, 25)},
}  # fmt: skip
UNICODE_KEYSYM = 0x01000000
"""A character's keysym is this number plus its code point (X Window System Protocol, appendix A)."""
_CONTROL_KEYSYMS = {"\n": XK.XK_Return, "\t": XK.XK_Tab}


def keysym_of_key(name: str) -> int:
    """The keysym of the key named `name`; an upper-case letter means the same key as the lower-case one.

    Raises:
        RefusedError: the name is unknown; the message suggests similar names.
    """
    if len(name) == 1 and name.isprintable() and name != " ":
        return keysym_of_character(name.lower())
    keysym = XK.string_to_keysym(x_name_of_key(name)) if name.isascii() and len(name) <= LONGEST_NAME else 0
    if keysym == 0:
        raise refused("unknown_key", f"no key is named {name[:LONGEST_NAME]!r}: {_advice(name)}")
    return keysym


def x_name_of_key(name: str) -> str:
    """The X name of the key, such as `Return` for `enter`; an unknown name is returned unchanged."""
    return _NAMES.get(name.lower().replace(" ", ""), name)


def keys_of_combination(text: str) -> list[str]:
    """The names in a combination such as `ctrl shift s`.

    Raises:
        RefusedError: the combination is empty, or names a key twice.
    """
    names = text.split()
    if not names:
        raise refused("bad_arguments", "keys: name at least one key, such as 'ctrl s'")
    if len({keysym_of_key(name) for name in names}) < len(names):
        raise refused("bad_arguments", f"keys: {text!r} names a key twice: name each key once")
    return names


def keysym_of_character(character: str) -> int:
    """The keysym that types `character`.

    Raises:
        RefusedError: it is a control character other than a newline or a tab.
    """
    code = ord(character)
    if character in _CONTROL_KEYSYMS:
        return _CONTROL_KEYSYMS[character]
    if code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code & 0xFFFE == 0xFFFE:
        raise refused("cannot_type", f"U+{code:04X} cannot be typed: remove it from the text")
    return code if code < 0x100 else UNICODE_KEYSYM + code


def _advice(name: str) -> str:
    if "+" in name.strip("+"):
        return f"separate the keys of a combination by spaces: hotkey({name.replace('+', ' ')!r})"
    near = difflib.get_close_matches(name.lower(), _NAMES, n=3)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return "use letters, digits, space, enter, esc, tab, ctrl, shift, alt, up, down, left, right, f1 to f24, or keysyms"

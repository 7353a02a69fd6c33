"""Where keys are: the names on the keys of a US keyboard, and the X Keyboard Extension's name of each place. Pure.

Games read the place of a key, not what is printed on it: `w` walks forward on every layout, though a French keyboard
has a Z there and a Russian one a Cyrillic letter.
"""

from __future__ import annotations


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
    """The place of a key of a US keyboard, and whether shift belongs to it; None: a US keyboard has no such key.

    `name` is what the key was called; `keysym` is X's name of the keysym that it stands for.
    """
    if len(name) == 1 and name.lower() in _CHARACTERS:
        return _CHARACTERS[name.lower()]
    place = _KEYSYMS.get(keysym)
    return None if place is None else (place, keysym in _SHIFTED)

"""A window of SDL2 (Debian's libsdl2-2.0-0), the library of most games on Linux, that prints its events.

    sdl_events.py TITLE [captured] [grabbing]

`captured`: the window uses relative mouse mode, as first-person games do; `grabbing`: it grabs the keyboard. Each line
is one event: its kind, and the scancode, the button or the movement.
"""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any

LIBRARY = "libSDL2-2.0.so.0"
VIDEO, UNDEFINED, SHOWN, INPUT_GRABBED = 0x20, 0x1FFF0000, 0x4, 0x100
QUIT, WINDOW, KEY_DOWN, KEY_UP, MOTION, BUTTON_DOWN, BUTTON_UP = 0x100, 0x200, 0x300, 0x301, 0x400, 0x401, 0x402
FOCUS_GAINED, FOCUS_LOST = 12, 13


class Event(ctypes.Union):
    """SDL_Event as 32-bit words and as bytes; each kind of event uses some of them."""

    _fields_ = (("words", ctypes.c_int32 * 14), ("bytes", ctypes.c_uint8 * 56))


def main(title: str, *options: str) -> None:
    """Open the window, and print its events until it is closed."""
    sdl = ctypes.CDLL(LIBRARY)
    sdl.SDL_CreateWindow.restype = ctypes.c_void_p
    sdl.SDL_SetHint(b"SDL_GRAB_KEYBOARD", b"1" if "grabbing" in options else b"0")
    assert sdl.SDL_Init(VIDEO) == 0
    window = sdl.SDL_CreateWindow(title.encode(), UNDEFINED, UNDEFINED, 320, 240, SHOWN)
    assert window
    if "grabbing" in options:
        sdl.SDL_SetWindowGrab(ctypes.c_void_p(window), 1)
    if "captured" in options:
        assert sdl.SDL_SetRelativeMouseMode(1) == 0
    event = Event()
    while sdl.SDL_WaitEvent(ctypes.byref(event)):
        line = described(event.words, event.bytes)
        if line is not None:
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
        if event.words[0] == QUIT:
            return


def described(words: Any, raw: Any) -> list[Any] | None:
    """The output for an event; None: it is not an input or focus event."""
    match words[0]:
        case 0x300 | 0x301 as kind:
            return ["down" if kind == KEY_DOWN else "up", words[4], raw[13]]
        case 0x400:
            return ["moved", words[7], words[8]]
        case 0x401 | 0x402 as kind:
            return ["button down" if kind == BUTTON_DOWN else "button up", raw[16]]
        case 0x200 if raw[12] in (FOCUS_GAINED, FOCUS_LOST):
            return ["focused" if raw[12] == FOCUS_GAINED else "unfocused"]
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The keys and the mouse that a portal's actions pressed, as events in time. Pure."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from timmy_actors.recording.records import BeatRecord

NANOSECONDS = 1_000_000_000
TAP_NS = 50_000_000
"""How long a key of an action without a duration is down."""
NAMED_KEYS = {
    "backspace": 0x08, "tab": 0x09, "return": 0x0D, "enter": 0x0D, "pause": 0x13, "caps_lock": 0x14, "capslock": 0x14,
    "escape": 0x1B, "esc": 0x1B, "space": 0x20, "page_up": 0x21, "pageup": 0x21, "prior": 0x21, "page_down": 0x22,
    "pagedown": 0x22, "next": 0x22, "end": 0x23, "home": 0x24, "left": 0x25, "up": 0x26, "right": 0x27, "down": 0x28,
    "print": 0x2C, "insert": 0x2D, "delete": 0x2E, "super": 0x5B, "win": 0x5B, "shift": 0x10, "ctrl": 0x11,
    "control": 0x11, "alt": 0x12, "minus": 0xBD, "-": 0xBD, "equal": 0xBB, "=": 0xBB, "comma": 0xBC, ",": 0xBC,
    "period": 0xBE, ".": 0xBE, "slash": 0xBF, "/": 0xBF, "grave": 0xC0, "`": 0xC0, "semicolon": 0xBA, ";": 0xBA,
    "apostrophe": 0xDE, "'": 0xDE, "bracketleft": 0xDB, "[": 0xDB, "bracketright": 0xDD, "]": 0xDD,
    "backslash": 0xDC, "\\": 0xDC,
}  # fmt: skip
"""Windows' virtual key codes, which OWAMcap uses."""
KEYS = {
    **NAMED_KEYS,
    **{letter: ord(letter.upper()) for letter in string.ascii_lowercase},
    **{digit: ord(digit) for digit in string.digits},
    **{f"f{number}": 0x6F + number for number in range(1, 25)},
}
Kind = Literal["keyboard", "mouse", "mouse/raw"]


@dataclass(frozen=True)
class InputEvent:
    """A key or the mouse at a moment."""

    time_ns: int
    """Since 1970, UTC."""
    kind: Kind
    data: dict[str, Any]


def input_events(beat: BeatRecord) -> Iterator[InputEvent]:
    """The events of a beat's executed calls, in order. A key without a virtual key code is left out."""
    if beat.decision is None:
        return
    results = {result.call_id: result for result in beat.results}
    done = [call for call in beat.decision.calls if (result := results.get(call.id)) is not None and result.ok]
    act_ns = round((beat.latencies.act_s or 0.0) * NANOSECONDS)
    for number, call in enumerate(done):
        name, params = _executed(call.name, call.arguments, results[call.id].value)
        yield from _events(name, params, acting_since_ns(beat) + act_ns * number // len(done))


def acting_since_ns(beat: BeatRecord) -> int:
    """When the beat began to act: after it had perceived and decided."""
    before_s = (beat.latencies.perceive_s or 0.0) + (beat.latencies.decide_s or 0.0)
    return start_ns(beat) + round(before_s * NANOSECONDS)


def start_ns(beat: BeatRecord) -> int:
    """When the beat began."""
    return round(beat.time.timestamp() * 1_000_000) * 1_000


def _executed(name: str, arguments: dict[str, Any], value: Any) -> tuple[str, dict[str, Any]]:
    """The portal's action that was executed: a result names it where a binding stood for it."""
    for action in (value, arguments):
        if (
            isinstance(action, dict)
            and isinstance(action.get("action"), str)
            and isinstance(action.get("params"), dict)
        ):
            return action["action"], action["params"]
    return name, arguments


def _events(name: str, params: dict[str, Any], at: int) -> Iterator[InputEvent]:
    match name, params:
        case "press_key", {"key": str(key)}:
            yield from _tap([key], at, TAP_NS)
        case "hotkey", {"keys": str(keys)}:
            yield from _tap(keys.split(), at, TAP_NS)
        case "hold_key", {"key": str(key)}:
            yield from _tap([key], at, _seconds(params, 1.0))
        case (("key_down" | "key_up"), {"key": str(key)}):
            yield from _key(key, "press" if name == "key_down" else "release", at)
        case "type_text", {"text": str(text)}:
            for number, character in enumerate(text):
                yield from _tap([" ".join(character.lower().split()) or "space"], at + number * 2 * TAP_NS, TAP_NS)
        case "move_relative", _:
            moved = {"last_x": _whole(params, "dx"), "last_y": _whole(params, "dy")}
            yield InputEvent(at, "mouse/raw", {**moved, "timestamp": at})
        case _:
            yield from _mouse(name, params, at)


def _mouse(name: str, params: dict[str, Any], at: int) -> Iterator[InputEvent]:
    button = "right" if name == "right_click" else params.get("button") or "left"
    match name:
        case "move_to":
            yield _mouse_event(params, at, "move")
        case "scroll":
            yield _mouse_event(params, at, "scroll", dx=0, dy=_whole(params, "amount"))
        case "click" | "right_click":
            yield from _click(params, button, at)
        case "double_click":
            yield from _click(params, button, at)
            yield from _click(params, button, at + 2 * TAP_NS)
        case "drag_to" | "hold_mouse":
            yield _mouse_event({} if name == "drag_to" else params, at, "click", button=button, pressed=True)
            end = at + _seconds(params, 0.5 if name == "drag_to" else 1.0)
            yield _mouse_event(params, end, "click", button=button, pressed=False)
        case "mouse_down" | "mouse_up":
            yield _mouse_event(params, at, "click", button=button, pressed=name == "mouse_down")


def _click(params: dict[str, Any], button: str, at: int) -> Iterator[InputEvent]:
    yield _mouse_event(params, at, "click", button=button, pressed=True)
    yield _mouse_event(params, at + TAP_NS, "click", button=button, pressed=False)


def _mouse_event(params: dict[str, Any], at: int, event_type: str, **fields: Any) -> InputEvent:
    point = {"x": _whole(params, "x"), "y": _whole(params, "y")}
    return InputEvent(at, "mouse", {"event_type": event_type, **point, **fields, "timestamp": at})


def _tap(keys: list[str], at: int, for_ns: int) -> Iterator[InputEvent]:
    for key in keys:
        yield from _key(key, "press", at)
    for key in reversed(keys):
        yield from _key(key, "release", at + for_ns)


def _key(key: str, event_type: str, at: int) -> Iterator[InputEvent]:
    code = KEYS.get(key.lower())
    if code is not None:
        yield InputEvent(at, "keyboard", {"event_type": event_type, "vk": code, "timestamp": at})


def _seconds(params: dict[str, Any], default: float) -> int:
    value = params.get("seconds", params.get("duration", default))
    return round((value if isinstance(value, int | float) else default) * NANOSECONDS)


def _whole(params: dict[str, Any], key: str) -> int:
    value = params.get(key, 0)
    return round(value) if isinstance(value, int | float) else 0

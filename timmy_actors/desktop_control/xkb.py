"""Requests of the X Keyboard Extension, which python-xlib lacks (XKB protocol 1.0, section 16)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from Xlib.protocol import rq

if TYPE_CHECKING:
    from Xlib.display import Display

EXTENSION = "XKEYBOARD"
CORE_KEYBOARD = 0x100
"""XkbUseCoreKbd: the keyboard that sends core events."""
KEY_NAMES = 1 << 9
EVERY_MODIFIER = 0xFF
NAME_BYTES = 4


class _UseExtension(rq.ReplyRequest):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(0), rq.RequestLength(), rq.Card16("major"), rq.Card16("minor")
    )  # fmt: skip
    _reply = rq.Struct(
        rq.ReplyCode(), rq.Bool("supported"), rq.Card16("sequence_number"), rq.ReplyLength(),
        rq.Card16("major"), rq.Card16("minor"), rq.Pad(20),
    )  # fmt: skip


class _GetState(rq.ReplyRequest):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(4), rq.RequestLength(), rq.Card16("device"), rq.Pad(2)
    )  # fmt: skip
    _reply = rq.Struct(
        rq.ReplyCode(), rq.Card8("device"), rq.Card16("sequence_number"), rq.ReplyLength(),
        rq.Card8("mods"), rq.Card8("base_mods"), rq.Card8("latched_mods"), rq.Card8("locked_mods"),
        rq.Card8("group"), rq.Card8("locked_group"), rq.Pad(18),
    )  # fmt: skip


class _LatchLockState(rq.Request):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(5), rq.RequestLength(), rq.Card16("device"),
        rq.Card8("affect_locks"), rq.Card8("locks"), rq.Pad(8),
    )  # fmt: skip


class _GetNames(rq.ReplyRequest):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(17), rq.RequestLength(), rq.Card16("device"), rq.Pad(2), rq.Card32("which")
    )  # fmt: skip
    _reply = rq.Struct(
        rq.ReplyCode(), rq.Card8("device"), rq.Card16("sequence_number"), rq.ReplyLength(),
        rq.Card32("which"), rq.Card8("lowest"), rq.Card8("highest"), rq.Card8("types"), rq.Card8("groups"),
        rq.Card16("virtual"), rq.Card8("first"), rq.Card8("count"), rq.Pad(12), rq.Binary("names"),
    )  # fmt: skip


def key_names(display: Display) -> dict[str, int]:
    """The keycodes by XKB key name, such as `AD01` for the key right of Tab; empty without XKB.

    Keycodes differ between X servers; key names denote the same position on all of them.
    """
    with _aware(display) as (aware, opcode):
        if aware is None:
            return {}
        reply = _GetNames(display=aware.display, opcode=opcode, device=CORE_KEYBOARD, which=KEY_NAMES)
    raw, first = cast("bytes", reply.names), cast("int", reply.first)
    rows = [raw[at : at + NAME_BYTES] for at in range(0, reply.count * NAME_BYTES, NAME_BYTES)]
    return {row.rstrip(b"\0").decode("latin-1"): first + at for at, row in enumerate(rows) if row.strip(b"\0")}


def locked_modifiers(display: Display) -> int:
    """The locked modifiers (Caps Lock, Num Lock), as a core modifier mask."""
    with _aware(display) as (aware, opcode):
        if aware is None:
            return 0
        return cast("int", _GetState(display=aware.display, opcode=opcode, device=CORE_KEYBOARD).locked_mods)


def lock_modifiers(display: Display, locked: int) -> None:
    """Lock these modifiers, and unlock all others."""
    with _aware(display) as (aware, opcode):
        if aware is not None:
            _LatchLockState(
                display=aware.display, opcode=opcode, device=CORE_KEYBOARD, affect_locks=EVERY_MODIFIER, locks=locked
            )
            aware.sync()


@contextmanager
def _aware(display: Display) -> Iterator[tuple[Display | None, int]]:
    """A second connection to the same server that uses XKB, and the extension's opcode; None without XKB.

    A separate connection, because a client that uses XKB no longer gets core events about changes of the key mapping.
    """
    extension = display.query_extension(EXTENSION)
    if extension is None:
        yield None, 0
        return
    aware, opcode = type(display)(display.get_display_name()), cast("int", extension.major_opcode)
    try:
        supported = _UseExtension(display=aware.display, opcode=opcode, major=1, minor=0).supported
        yield (aware if supported else None), opcode
    finally:
        aware.close()

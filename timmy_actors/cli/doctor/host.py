"""Checks of the host: the display and the clock."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import io
import os
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from timmy_actors.cli.doctor.check import Check, Subject, fail, ok, warn
from timmy_actors.cli.doctor.servers import INSTALL

TIME_ERROR = 5
"""What adjtimex(2) returns for a clock that is not synchronized."""
TIMEX_BYTES = 512
"""More than `struct timex` has."""
GRACE_S = 86_400.0
"""An installed file may be dated in another time zone."""


def display(_subject: Subject) -> Iterator[Check]:
    """Whether the display can be used; only portals that are played through their window need one."""
    name = os.environ.get("DISPLAY")
    if not name:
        yield warn("X display", "DISPLAY is not set, so no screen can be captured", "set it, for example DISPLAY=:0")
    elif importlib.util.find_spec("Xlib") is None:
        yield warn("X display", f"{name}: the package python-xlib is not installed", INSTALL)
    else:
        yield _connected(name)


def _connected(name: str) -> Check:
    # python-xlib prints a warning to standard output without ~/.Xauthority, and leaves a failed connection open.
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        size = _size_of(name)
    if isinstance(size, str):
        return warn("X display", f"{name}: {size}", "start the X server, or set XAUTHORITY to its file")
    detail = f"{name}: {size[0]} x {size[1]}"
    if os.environ.get("WAYLAND_DISPLAY"):
        return warn("X display", f"{detail}, under Wayland: only X11 windows can be captured", "log in with X11")
    return ok("X display", detail)


def _size_of(name: str) -> tuple[int, int] | str:
    """The size of a display in pixels, or why it cannot be used."""
    from Xlib import error  # noqa: PLC0415  an optional package
    from Xlib.display import Display  # noqa: PLC0415  the same

    try:
        connected = Display(name)
    except (error.DisplayError, error.XError, OSError) as reason:
        return str(reason).strip()
    screen = connected.screen()
    connected.close()
    return screen.width_in_pixels, screen.height_in_pixels


def clock(_subject: Subject) -> Iterator[Check]:
    """Whether the wall clock can be right; timestamps and the age of journal entries use it."""
    installed_at = Path(__file__).stat().st_mtime
    if time.time() < installed_at - GRACE_S:
        yield fail("clock", "it is before the installation of this program", "set it, and use NTP")
    elif _is_unsynchronized():
        yield warn(
            "clock", "it is not synchronized with a time server", "enable NTP, for example timedatectl set-ntp true"
        )
    else:
        yield ok("clock", time.strftime("%Y-%m-%d %H:%M:%S %Z"))


def _is_unsynchronized() -> bool:
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    return adjtimex is not None and adjtimex(ctypes.create_string_buffer(TIMEX_BYTES)) == TIME_ERROR

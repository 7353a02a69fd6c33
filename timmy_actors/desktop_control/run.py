"""The server's life in its process: start, what ends it, and letting go whatever that is."""

from __future__ import annotations

import ctypes
import logging
import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

import anyio

from timmy_actors.desktop_control.desktop import Desktop
from timmy_actors.desktop_control.server import serve_http, serve_stdio, server_of
from timmy_actors.desktop_control.settings import DesktopSettings
from timmy_actors.desktop_control.singleton import SoleServer, file_name_of
from timmy_actors.errors import RefusedError, TimmyError
from timmy_actors.system import default_folder, make_private, make_token_file, read_token, when_parent_ends

STDOUT, STDERR = 1, 2


@contextmanager
def kept_for_the_protocol() -> Iterator[TextIO]:
    """Send file descriptor 1 to stderr until the block ends; gives the real standard output.

    python-xlib 0.33 prints a warning on standard output when the X authority file is empty. While MCP is served over
    stdio the SDK (2.3) does the same by itself; this covers the time before and after.
    """
    with suppress(BrokenPipeError):  # whoever was to read it is gone
        sys.stdout.flush()
    real = os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)
    try:
        with os.fdopen(os.dup(real), "w", encoding="utf-8") as protocol:
            yield protocol
    finally:
        sys.stdout.flush()
        os.dup2(real, STDOUT)
        os.close(real)


LET_GO_WITHIN_S = 1.0
"""How long the end waits for an X server that hangs; the record makes good for it at the next start."""
FINISH_WITHIN_S = 0.5
"""How long a server whose client hung up may take to end by itself, once everything was let go."""
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""mallopt(3)."""
LARGEST_IN_HEAP = 32 * 1024 * 1024
"""Bytes, the most that glibc takes on 64 bits: a picture of 3840 x 2160 pixels has a little less."""
HEAP = ((M_ARENA_MAX, 1), (M_MMAP_THRESHOLD, LARGEST_IN_HEAP), (M_TRIM_THRESHOLD, 2 * LARGEST_IN_HEAP))
ENDING = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
logger = logging.getLogger(__name__)


class _Grip:
    """What is to be let go at the end, once there is something that could be pressed."""

    desktop: Desktop | None = None


def run(settings: DesktopSettings) -> int:
    """Run the server until it is stopped; the exit code."""
    _share_one_heap()
    told = "%(asctime)s desktop-control: %(message)s"
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format=told)
    grip = _Grip()
    _heed_signals(grip)
    try:
        sole = _sole(settings)
        if settings.http is None:
            pipes = (os.dup(0), os.dup(1))
            threading.Thread(target=_end_on_hang_up, args=(grip, pipes), name="hang-up", daemon=True).start()
        desktop = grip.desktop = _desktop(settings)
        token = None if settings.http is None else _token(settings)
    except TimmyError as error:
        sys.stderr.write(f"desktop-control: {error}\n")
        return error.exit_code
    server = server_of(desktop)
    try:
        if settings.http is None or token is None:
            anyio.run(serve_stdio, server, sole)
        else:
            with kept_for_the_protocol() as protocol:
                anyio.run(serve_http, server, sole, settings.http, token, protocol)
    except* BrokenPipeError:
        logger.warning("the client has closed its end of standard output")
    finally:  # whatever ended it: an exit that overtakes the thread that lets go leaves a key down
        with kept_for_the_protocol():
            _let_go(grip)
    return 0


def _share_one_heap() -> None:
    """Let all pictures use the same memory (glibc), from the first one on.

    One heap: each thread would keep a picture's 8 MB in a heap of its own, 30 MB in all. A fixed threshold for mmap: by
    default it grows with what was freed, so that the first picture's memory goes back and the later ones' stays (18 MB
    of growth, which looks like a leak). Not a lower threshold: that costs two thousand page faults a picture.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for option, value in HEAP:
            libc.mallopt(option, value)


def _heed_signals(grip: _Grip) -> None:
    # Before any thread is started, so that each inherits it: only the one that waits for them sees these signals.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING | {signal.SIGCONT})
    when_parent_ends(signal.SIGCONT)  # not the leash's SIGKILL: what is pressed would stay so
    threading.Thread(target=_end_on_a_signal, args=(grip, os.getppid()), name="signals", daemon=True).start()


def _sole(settings: DesktopSettings) -> SoleServer | None:
    if not settings.display:
        return None
    sole = SoleServer(default_folder(), settings.display)
    sole.acquire()
    return sole


def _desktop(settings: DesktopSettings) -> Desktop:
    folder = default_folder()
    make_private(folder)
    name = file_name_of(settings.display or "none")
    desktop = Desktop(settings.display, settings.captures, folder / f"desktop-control-{name}.held")
    try:
        with kept_for_the_protocol():
            desktop.hands.start()
    except RefusedError as error:
        # Not the end: the X server may come yet, and until then each tool says why it cannot.
        logger.warning("%s", error.message)
    return desktop


def _token(settings: DesktopSettings) -> str:
    if settings.token_file.parent == default_folder():
        make_private(default_folder())  # in a shared temporary folder another user may have made it first
    if not settings.token_file.exists():
        make_token_file(settings.token_file)
    return read_token(settings.token_file)


def _end_on_a_signal(grip: _Grip, parent: int) -> None:
    while (number := signal.sigwait(ENDING | {signal.SIGCONT})) == signal.SIGCONT:
        if os.getppid() != parent:
            break
    _let_go(grip)
    # Not sys.exit: a thread that reads stdin, or asks an X server that hangs, would never end.
    os._exit(128 + number)


def _end_on_hang_up(grip: _Grip, pipes: tuple[int, int]) -> None:
    """End once nobody holds the other end of stdin, or of stdout: a key that is held would outlast its client."""
    watch = select.poll()
    for pipe in pipes:
        watch.register(pipe, 0)  # POLLHUP of a pipe to read and POLLERR of one to write are always reported
    watch.poll()
    _let_go(grip)
    threading.Event().wait(FINISH_WITHIN_S)
    os._exit(0)  # it should have ended by now; an X server that hangs, or a fault, may keep it from that


def _let_go(grip: _Grip) -> None:
    if grip.desktop is None:
        return
    ending = threading.Thread(target=_close, args=(grip.desktop,), name="letting-go", daemon=True)
    ending.start()
    ending.join(LET_GO_WITHIN_S)


def _close(desktop: Desktop) -> None:
    try:
        desktop.close()
    except RefusedError as error:
        logger.warning("%s", error.message)

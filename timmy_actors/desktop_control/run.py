"""Starts the server in its process, and releases every key and button however the process ends."""

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
from timmy_actors.desktop_control.singleton import SingletonLock, file_name_of
from timmy_actors.errors import RefusedError, TimmyError
from timmy_actors.system import default_folder, make_private, make_token_file, read_token, when_parent_ends

STDOUT, STDERR = 1, 2


RELEASE_WITHIN_S = 1.0
"""Maximum wait for an X server that hangs; the next server then releases the keys that the held file lists."""
FINISH_WITHIN_S = 0.5
"""Maximum time for the server to end by itself after its client closed a pipe and the keys were released."""
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""mallopt(3)."""
LARGEST_IN_HEAP = 32 * 1024 * 1024
"""Bytes, glibc's maximum on 64 bits: slightly more than a picture of 3840 x 2160 pixels."""
HEAP = ((M_ARENA_MAX, 1), (M_MMAP_THRESHOLD, LARGEST_IN_HEAP), (M_TRIM_THRESHOLD, 2 * LARGEST_IN_HEAP))
ENDING = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
logger = logging.getLogger(__name__)


@contextmanager
def reserved_stdout() -> Iterator[TextIO]:
    """Redirect file descriptor 1 to stderr for the block; yields the real standard output.

    python-xlib 0.33 prints a warning on standard output when the X authority file is empty. While the SDK (2.3) serves
    MCP over stdio, it does the same itself; this covers the time before and after.
    """
    with suppress(BrokenPipeError):  # the reader has closed the pipe
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


class _Resources:
    """Holds the desktop that is closed when the process ends, once it exists."""

    desktop: Desktop | None = None


def run(settings: DesktopSettings) -> int:
    """Run the server until it is stopped, and return the exit code."""
    _share_one_heap()
    line_format = "%(asctime)s desktop-control: %(message)s"
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format=line_format)
    resources = _Resources()
    _handle_signals(resources)
    try:
        singleton = _singleton(settings)
        if settings.http is None:
            pipes = (os.dup(0), os.dup(1))
            threading.Thread(target=_end_on_hang_up, args=(resources, pipes), name="hang-up", daemon=True).start()
        desktop = resources.desktop = _desktop(settings)
        token = None if settings.http is None else _token(settings)
    except TimmyError as error:
        sys.stderr.write(f"desktop-control: {error}\n")
        return error.exit_code
    server = server_of(desktop)
    try:
        if settings.http is None or token is None:
            anyio.run(serve_stdio, server, singleton)
        else:
            with reserved_stdout() as protocol:
                anyio.run(serve_http, server, singleton, settings.http, token, protocol)
    except* BrokenPipeError:
        logger.warning("the client has closed its end of standard output")
    finally:  # in every case: if the process exits before the keys are released, a key stays down
        with reserved_stdout():
            _release(resources)
    return 0


def _share_one_heap() -> None:
    """Configure glibc's malloc so that all pictures reuse the same memory.

    One heap: otherwise each thread keeps a picture's 8 MB in its own heap, 30 MB in total. A fixed mmap threshold: by
    default it grows with the size of freed blocks, so that the memory of the first picture is returned and that of
    later ones is not (18 MB of growth, which looks like a leak). A lower threshold costs two thousand page faults a
    picture.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for option, value in HEAP:
            libc.mallopt(option, value)


def _handle_signals(resources: _Resources) -> None:
    # Blocked before any thread starts, so that each thread inherits the mask and only the "signals" thread gets them.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING | {signal.SIGCONT})
    when_parent_ends(signal.SIGCONT)  # not SIGKILL as for other children: pressed keys would stay down
    threading.Thread(target=_end_on_a_signal, args=(resources, os.getppid()), name="signals", daemon=True).start()


def _singleton(settings: DesktopSettings) -> SingletonLock | None:
    if not settings.display:
        return None
    singleton = SingletonLock(default_folder(), settings.display)
    singleton.acquire()
    return singleton


def _desktop(settings: DesktopSettings) -> Desktop:
    folder = default_folder()
    make_private(folder)
    name = file_name_of(settings.display or "none")
    desktop = Desktop(settings.display, settings.captures, folder / f"desktop-control-{name}.held")
    try:
        with reserved_stdout():
            desktop.input.start()
    except RefusedError as error:
        # Continue: the X server may start later, and until then each tool reports the error.
        logger.warning("%s", error.message)
    return desktop


def _token(settings: DesktopSettings) -> str:
    if settings.token_file.parent == default_folder():
        make_private(default_folder())  # in a shared temporary folder, another user may have created it first
    if not settings.token_file.exists():
        make_token_file(settings.token_file)
    return read_token(settings.token_file)


def _end_on_a_signal(resources: _Resources, parent: int) -> None:
    while (number := signal.sigwait(ENDING | {signal.SIGCONT})) == signal.SIGCONT:
        if os.getppid() != parent:
            break
    _release(resources)
    # Not sys.exit: a thread that reads stdin, or asks an X server that hangs, would never end.
    os._exit(128 + number)


def _end_on_hang_up(resources: _Resources, pipes: tuple[int, int]) -> None:
    """End when the client closes stdin or stdout: otherwise a held key would outlast its client."""
    watch = select.poll()
    for pipe in pipes:
        watch.register(pipe, 0)  # POLLHUP of a read pipe and POLLERR of a write pipe are always reported
    watch.poll()
    _release(resources)
    threading.Event().wait(FINISH_WITHIN_S)
    os._exit(0)  # the server should have ended by now; an X server that hangs, or a defect, may prevent that


def _release(resources: _Resources) -> None:
    if resources.desktop is None:
        return
    ending = threading.Thread(target=_close, args=(resources.desktop,), name="release", daemon=True)
    ending.start()
    ending.join(RELEASE_WITHIN_S)


def _close(desktop: Desktop) -> None:
    try:
        desktop.close()
    except RefusedError as error:
        logger.warning("%s", error.message)

"""The server's life in its process: start, what ends it, and letting go whatever that is."""

from __future__ import annotations

import logging
import os
import select
import signal
import sys
import threading

import anyio

from timmy_actors.endpoint import default_folder, make_private
from timmy_actors.errors import Refused, TimmyError
from timmy_actors.portals.desktop_control.desktop import Desktop
from timmy_actors.portals.desktop_control.server import serve_http, serve_stdio, server_of
from timmy_actors.portals.desktop_control.settings import DesktopSettings
from timmy_actors.portals.desktop_control.sole import SoleServer, file_name_of
from timmy_actors.tokens import make_token_file, read_token

LET_GO_WITHIN_S = 1.0
"""How long the end waits for an X server that hangs; the record makes good for it at the next start."""
ENDING = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}

logger = logging.getLogger(__name__)


def run(settings: DesktopSettings) -> int:
    """Run the server until it is stopped; the exit code."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="desktop-control: %(message)s")
    # Before any thread is started, so that each inherits it: only the one that waits for them sees these signals.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        sole = _sole(settings)
        desktop = _desktop(settings)
        token = None if settings.http is None else _token(settings)
    except TimmyError as error:
        sys.stderr.write(f"desktop-control: {error}\n")
        return error.exit_code
    if settings.http is None:
        threading.Thread(target=_let_go_on_hang_up, args=(desktop, os.dup(0)), name="hang-up", daemon=True).start()
    threading.Thread(target=_end_on_a_signal, args=(desktop,), name="signals", daemon=True).start()
    server = server_of(desktop)
    if settings.http is None or token is None:
        anyio.run(serve_stdio, server, sole)
    else:
        anyio.run(serve_http, server, sole, settings.http, token)
    _let_go(desktop)
    return 0


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
        desktop.hands.start()
    except Refused as error:
        # Not the end: the X server may come yet, and until then each tool says why it cannot.
        logger.warning("%s", error.message)
    return desktop


def _token(settings: DesktopSettings) -> str:
    if not settings.token_file.exists():
        make_token_file(settings.token_file)
    return read_token(settings.token_file)


def _end_on_a_signal(desktop: Desktop) -> None:
    number = signal.sigwait(ENDING)
    _let_go(desktop)
    # Not sys.exit: a thread that reads stdin, or asks an X server that hangs, would never end.
    os._exit(128 + number)


def _let_go_on_hang_up(desktop: Desktop, stdin: int) -> None:
    """The client is gone when nobody holds stdin's other end: a key that is being held would outlast it otherwise."""
    watch = select.poll()
    watch.register(stdin, 0)
    watch.poll()
    _let_go(desktop)


def _let_go(desktop: Desktop) -> None:
    ending = threading.Thread(target=_close, args=(desktop,), name="letting-go", daemon=True)
    ending.start()
    ending.join(LET_GO_WITHIN_S)


def _close(desktop: Desktop) -> None:
    try:
        desktop.close()
    except Refused as error:
        logger.warning("%s", error.message)

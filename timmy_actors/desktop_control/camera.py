"""Reads the pixels of a drawable through shared memory, or through the X connection where that is unavailable."""

from __future__ import annotations

import mmap
import os
import weakref
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from mss.exception import ScreenShotError
from mss.linux import xcb, xcbgen
from mss.linux.xcbhelpers import LIB, XError
from Xlib import X

from timmy_actors.desktop_control.frames import BYTES_A_PIXEL, Frame
from timmy_actors.desktop_control.window_target import Place

if TYPE_CHECKING:
    from Xlib.xobject.drawable import Drawable

    from timmy_actors.desktop_control.window_target import Place

ALL_PLANES = 0xFFFFFFFF
OLDEST = (1, 2)
"""The first version of MIT-SHM that accepts a file descriptor."""


class _Segment(NamedTuple):
    """Memory that is shared with the X server, and its name there."""

    memory: mmap.mmap
    name: Any


class SharedMemory:
    """A connection to an X server with shared memory that receives pictures.

    A picture's memory is used again when its frame is no longer referenced. So there are as many segments as pictures
    in use at the same time.

    Raises:
        ScreenShotError: the X server cannot share memory with this process, for example because it is on another
            machine.
    """

    def __init__(self, display: str) -> None:
        self._connection: Any = None
        self._free: list[_Segment] = []
        self._connection = xcb.connect(display.encode())[0]
        try:
            self._check_extension()
            self._free.append(self._attach(BYTES_A_PIXEL))
        except (ScreenShotError, XError):
            self.close()
            raise

    def picture(self, drawable: int, part: Place) -> Frame:
        """A part of a window or pixmap. The drawable must have 24 or 32 bits a pixel and contain the whole part.

        Raises:
            ScreenShotError: the drawable does not meet these conditions, or the connection to the X server was lost.
        """
        size = part.width * part.height * BYTES_A_PIXEL
        segment = self._take(size)
        try:
            xcbgen.shm_get_image(
                self._connection, xcbgen.Drawable(drawable), part.x, part.y, part.width, part.height, ALL_PLANES,
                xcbgen.ImageFormat.ZPixmap, segment.name, 0,
            )  # fmt: skip
        except (AssertionError, ValueError) as error:  # of mss 10.2; the latter under `python -O`
            raise ScreenShotError("the connection to the X server was lost") from error
        frame = Frame(memoryview(segment.memory)[:size], part.size)
        weakref.finalize(frame, self._free.append, segment)
        return frame

    def close(self) -> None:
        """Close the connection. The memory is freed with the last frame that uses it."""
        if self._connection is not None:
            xcb.disconnect(self._connection)
        self._connection = None
        self._free.clear()

    def _check_extension(self) -> None:
        if not xcb.get_extension_data(self._connection, LIB.shm_id).present:
            raise ScreenShotError("the X server has no MIT-SHM extension")
        version = xcbgen.shm_query_version(self._connection)
        if (version.major_version, version.minor_version) < OLDEST:
            raise ScreenShotError("the X server's MIT-SHM extension is too old")

    def _take(self, size: int) -> _Segment:
        """A free segment that is large enough, or a new one in the place of a smaller one."""
        while self._free:
            segment = self._free.pop()
            if len(segment.memory) >= size:
                return segment
            xcbgen.shm_detach(self._connection, segment.name)
        return self._attach(size)

    def _attach(self, size: int) -> _Segment:
        descriptor = os.memfd_create("desktop-control")
        try:
            os.ftruncate(descriptor, size)
            memory = mmap.mmap(descriptor, size, prot=mmap.PROT_READ)
        except OSError:
            os.close(descriptor)
            raise
        name = xcbgen.ShmSeg(xcb.generate_id(self._connection).value)
        xcbgen.shm_attach_fd(self._connection, name, descriptor, read_only=False)  # libxcb closes the descriptor
        return _Segment(memory, name)


class Camera:
    """Takes pictures from one X server, and reuses the shared memory from one picture to the next."""

    def __init__(self, display: str | None) -> None:
        self._display = display
        self._memory: SharedMemory | None = None
        self._shares = True
        """False once the X server was unable to share memory, for example because it is on another machine."""

    def picture(self, drawable: Drawable, part: Place) -> Frame:
        """A part of a window or pixmap with 24 or 32 bits a pixel.

        Raises:
            BadMatch: the drawable does not contain the whole part.
            ConnectionClosedError: the connection to the X server was lost.
        """
        memory = self._opened()
        if memory is not None:
            try:
                return memory.picture(drawable.id, part)
            except ScreenShotError:
                self.close()  # the request over the X connection below raises the error, if it persists
        reply = drawable.get_image(part.x, part.y, part.width, part.height, X.ZPixmap, ALL_PLANES)
        return Frame(cast(bytes, reply.data), part.size)

    def close(self) -> None:
        """Free the memory; the next picture opens it again."""
        memory, self._memory, self._shares = self._memory, None, True
        if memory is not None:
            memory.close()

    def _opened(self) -> SharedMemory | None:
        if self._memory is None and self._shares and self._display is not None:
            try:
                self._memory = SharedMemory(self._display)
            except ScreenShotError:
                self._shares = False
        return self._memory

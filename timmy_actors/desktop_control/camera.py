"""A window's or the screen's pixels, as the X server has them, and as JPEG."""

from __future__ import annotations

import io
import mmap
import os
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

from mss.exception import ScreenShotError
from mss.linux import xcb, xcbgen
from mss.linux.xcbhelpers import LIB, XError
from PIL import Image
from Xlib import X

from timmy_actors.desktop_control.window_target import Place

if TYPE_CHECKING:
    from Xlib.xobject.drawable import Drawable

    from timmy_actors.desktop_control.window_target import Place

ALL_PLANES = 0xFFFFFFFF
BYTES_A_PIXEL = 4
OLDEST = (1, 2)
"""The version of MIT-SHM that takes a file descriptor."""


class SharedMemory:
    """A connection to an X server with a piece of memory that it writes pictures into; the piece grows as needed.

    Raises:
        ScreenShotError: the X server shares no memory with this process: it is on another machine, say.
    """

    def __init__(self, display: str) -> None:
        self._connection: Any = None
        self._segment: Any = None
        self._memory: mmap.mmap | None = None
        self._connection = xcb.connect(display.encode())[0]
        try:
            self._must_share()
        except (ScreenShotError, XError):
            self.close()
            raise

    def picture(self, drawable: int, part: Place) -> Image.Image:
        """A part of a window or pixmap, which must have 24 or 32 bits a pixel and lie whole in the drawable.

        Raises:
            ScreenShotError: it does not, or the X server went away.
        """
        size = part.width * part.height * BYTES_A_PIXEL
        memory = self._memory_of(size)
        try:
            xcbgen.shm_get_image(
                self._connection, xcbgen.Drawable(drawable), part.x, part.y, part.width, part.height, ALL_PLANES,
                xcbgen.ImageFormat.ZPixmap, self._segment, 0,
            )  # fmt: skip
        except AssertionError as error:  # how mss 10.2 says that its connection is gone
            raise ScreenShotError("the X server went away") from error
        with memoryview(memory) as view, view[:size] as pixels:
            return Image.frombuffer("RGB", part.size, cast(bytes, pixels), "raw", "BGRX", 0, 1)

    def close(self) -> None:
        """Let the memory and the connection go."""
        if self._memory is not None:
            self._memory.close()
        if self._connection is not None:
            xcb.disconnect(self._connection)
        self._connection, self._memory = None, None

    def _must_share(self) -> None:
        if not xcb.get_extension_data(self._connection, LIB.shm_id).present:
            raise ScreenShotError("the X server has no MIT-SHM extension")
        version = xcbgen.shm_query_version(self._connection)
        if (version.major_version, version.minor_version) < OLDEST:
            raise ScreenShotError("the X server's MIT-SHM extension is too old")
        self._memory_of(BYTES_A_PIXEL)

    def _memory_of(self, size: int) -> mmap.mmap:
        if self._memory is not None and len(self._memory) >= size:
            return self._memory
        descriptor = os.memfd_create("desktop-control")
        try:
            os.ftruncate(descriptor, size)
            memory = mmap.mmap(descriptor, size, prot=mmap.PROT_READ)
        except OSError:
            os.close(descriptor)
            raise
        old, self._segment = self._segment, xcbgen.ShmSeg(xcb.generate_id(self._connection).value)
        xcbgen.shm_attach_fd(
            self._connection, self._segment, descriptor, read_only=False
        )  # libxcb closes the descriptor
        if old is not None and self._memory is not None:
            xcbgen.shm_detach(self._connection, old)
            self._memory.close()
        self._memory = memory
        return memory


BLOCK = 16
"""Pixels of a block each way, the colours being halved (4:2:0)."""
LONGEST_INTERVAL = 0xFFFF
"""Blocks up to a restart marker, at most."""
WORTH_IT = 256 * 256
"""Pixels; a smaller picture is done before the other thread has begun."""
RESTART, RESTART_INTERVAL, FRAME, SCAN = b"\xff\xd0", 0xDD, 0xC0, 0xDA


def encoded(image: Image.Image, quality: int) -> bytes:
    """The picture as a JPEG file's content; `quality` is 1 to 95."""
    middle = -(-image.height // (2 * BLOCK)) * BLOCK
    interval = -(-image.width // BLOCK) * middle // BLOCK
    if image.width * image.height < WORTH_IT or interval > LONGEST_INTERVAL:
        return _whole(image, quality)
    with ThreadPoolExecutor(1, thread_name_prefix="jpeg") as other:
        lower = other.submit(_half, image, (0, middle, image.width, image.height), quality)
        upper = _half(image, (0, 0, image.width, middle), quality)
        return _joined(upper, lower.result(), image.height, interval)


def _half(image: Image.Image, box: tuple[int, int, int, int], quality: int) -> bytes:
    return _whole(image.crop(box), quality)


def _whole(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling="4:2:0")
    return buffer.getvalue()


def _joined(upper: bytes, lower: bytes, height: int, interval: int) -> bytes:
    """One file: the upper one's head with the whole height, and the pixels of both."""
    head = bytearray()
    for marker, start, end in _segments(upper):
        segment = bytearray(upper[start:end])
        if marker == FRAME:
            segment[5:7] = struct.pack(">H", height)
        elif marker == SCAN:
            head += struct.pack(">BBHH", 0xFF, RESTART_INTERVAL, 4, interval)
        head += segment
    return bytes(upper[:2] + head) + _pixels(upper)[:-2] + RESTART + _pixels(lower)


def _pixels(file: bytes) -> bytes:
    """The coded pixels with the mark of the file's end."""
    *_, (_, _, end) = _segments(file)
    return file[end:]


def _segments(file: bytes) -> Iterator[tuple[int, int, int]]:
    """The segments before the coded pixels: marker, start and end of each, the last one being the scan's."""
    start, marker = 2, 0
    while marker != SCAN:
        marker, (length,) = file[start + 1], struct.unpack_from(">H", file, start + 2)
        end = start + 2 + length
        yield marker, start, end
        start = end


class Camera:
    """Keeps the shared memory from picture to picture, for one X server."""

    def __init__(self, display: str | None) -> None:
        self._display = display
        self._memory: SharedMemory | None = None
        self._shares = True
        """Whether the X server may share memory with us: not when it is on another machine."""

    def picture(self, drawable: Drawable, part: Place) -> Image.Image:
        """A part of a window or pixmap with 24 or 32 bits a pixel.

        Raises:
            BadMatch: the part is not whole in the drawable.
            ConnectionClosedError: the X server is gone.
        """
        memory = self._opened()
        if memory is not None:
            try:
                return memory.picture(drawable.id, part)
            except ScreenShotError:
                self.close()  # whatever is wrong, the X connection below says it
        reply = drawable.get_image(part.x, part.y, part.width, part.height, X.ZPixmap, ALL_PLANES)
        return Image.frombuffer("RGB", part.size, cast(bytes, reply.data), "raw", "BGRX", 0, 1)

    def close(self) -> None:
        """Let the memory go; the next picture opens it again."""
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

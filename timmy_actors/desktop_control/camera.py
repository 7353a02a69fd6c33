"""Takes the pixels of a drawable: over shared memory, else over the X connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mss.exception import ScreenShotError
from Xlib import X

from timmy_actors.desktop_control.frames import Frame
from timmy_actors.desktop_control.shared_memory import ALL_PLANES, SharedMemory

if TYPE_CHECKING:
    from Xlib.xobject.drawable import Drawable

    from timmy_actors.desktop_control.window_target import Place


class Camera:
    """Keeps the shared memory from picture to picture, for one X server."""

    def __init__(self, display: str | None) -> None:
        self._display = display
        self._memory: SharedMemory | None = None
        self._shares = True
        """Whether the X server may share memory with us: not when it is on another machine."""

    def picture(self, drawable: Drawable, part: Place) -> Frame:
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
        return Frame.of_pixels(cast(bytes, reply.data), part.size)

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

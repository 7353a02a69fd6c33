"""Whether a picture stands still, or has changed. Pure."""

from __future__ import annotations

from typing import Literal

from PIL import Image, ImageChops

from timmy_actors.desktop_control.frames import Frame

Wait = Literal["stable", "change"]

LOOK_EVERY_S = 0.1
STABLE_S = 0.3
"""A picture that has not changed for so long is stable: a fade changes it from frame to frame."""
REDUCED = 4
"""Each so-manieth pixel is compared, each way."""
NOTICEABLE = 16
"""Of 255: a smaller difference is an encoder's or a shimmer's."""
FEW = 0.002
"""The share of points that may differ in pictures that are the same."""


def thumbnail(frame: Frame) -> Image.Image:
    """What of a picture is compared."""
    return Frame(*(_reduced(part) for part in frame.parts)).whole().convert("L")


def _reduced(image: Image.Image) -> Image.Image:
    size = (max(1, image.width // REDUCED), max(1, image.height // REDUCED))
    return image.resize(size, Image.Resampling.NEAREST)  # every capture pays for it: the fastest way


def differs(before: Image.Image, after: Image.Image) -> bool:
    """Whether two thumbnails show something else."""
    if before.size != after.size:
        return True
    changed = sum(ImageChops.difference(before, after).histogram()[NOTICEABLE:])
    return changed > FEW * before.width * before.height


class Settling:
    """Follows pictures until they are as wished.

    `stable`: none differs from the one before for `STABLE_S`. `change`: one differs from `before`, the last picture
    that the caller saw; from the first one where there is none.
    """

    def __init__(self, wish: Wait, before: Image.Image | None) -> None:
        self._wish = wish
        self._before = before if wish == "change" else None
        self._same_since: float | None = None

    def is_so(self, seen: Image.Image, now: float) -> bool:
        """Whether the wish has come true with this thumbnail, seen at `now` (seconds, monotonic)."""
        before, same_since = self._before, self._same_since
        changed = before is None or differs(before, seen)
        if self._wish == "change":
            self._before = seen if before is None else before
            return before is not None and changed
        self._before = seen
        self._same_since = now if changed or same_since is None else same_since
        return now - self._same_since >= STABLE_S

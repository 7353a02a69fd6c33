"""Converts the coordinates of a picture to those of the window or screen that it shows. Pure."""

from __future__ import annotations

from typing import NamedTuple

from timmy_actors.desktop_control.reasons import refused


class Point(NamedTuple):
    """A position in pixels, relative to the upper left corner."""

    x: int
    y: int


class Size(NamedTuple):
    """A width and a height in pixels."""

    width: int
    height: int


class Place(NamedTuple):
    """A rectangle on the screen."""

    x: int
    y: int
    width: int
    height: int

    @property
    def size(self) -> Size:
        """The width and height."""
        return Size(self.width, self.height)

    def overlaps(self, other: Place) -> bool:
        """Whether the rectangles share a pixel."""
        across = self.x < other.x + other.width and other.x < self.x + self.width
        return across and self.y < other.y + other.height and other.y < self.y + self.height

    def on(self, size: Size) -> Place:
        """The part of the rectangle on a screen of that size; width or height is 0 if there is no such part."""
        x, y = max(0, self.x), max(0, self.y)
        right, lower = min(size.width, self.x + self.width), min(size.height, self.y + self.height)
        return Place(x, y, max(0, right - x), max(0, lower - y))

    def within(self, size: Size) -> bool:
        """Whether the whole rectangle is on a screen of that size."""
        return self.x >= 0 and self.y >= 0 and self.x + self.width <= size.width and self.y + self.height <= size.height


def scaled(point: Point, picture: Size | None, target: Size) -> Point:
    """Convert a point of a picture to the point of the target that it shows; pixel centres map to pixel centres.

    `picture` None means that the coordinates are the target's own.

    Raises:
        RefusedError: the point is outside the picture.
    """
    picture = picture or target
    if picture.width < 1 or picture.height < 1:
        raise refused("bad_arguments", f"image_size {list(picture)}: width and height must be at least 1")
    if not (0 <= point.x < picture.width and 0 <= point.y < picture.height):
        raise refused(
            "off_screen",
            f"({point.x}, {point.y}) is outside: x must be 0 to {picture.width - 1}, y 0 to {picture.height - 1}",
        )
    return Point(
        (2 * point.x + 1) * target.width // (2 * picture.width),
        (2 * point.y + 1) * target.height // (2 * picture.height),
    )


def shrunk(size: Size, max_width: int | None, max_height: int | None) -> Size:
    """The largest size with the same aspect ratio within the bounds, and not larger than `size`."""
    factor = min(1.0, (max_width or size.width) / size.width, (max_height or size.height) / size.height)
    return Size(max(1, round(size.width * factor)), max(1, round(size.height * factor)))

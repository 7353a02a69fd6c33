"""A window that looks like a game's, in a process of its own: noise on a slope, hard on PNG and JPEG alike."""

from __future__ import annotations

import sys

from PIL import Image, ImageChops
from Xlib import X
from Xlib.display import Display


def picture(width: int, height: int) -> bytes:
    """The pixels, blue, green, red and a byte of padding each."""
    noise = Image.merge("RGB", [Image.effect_noise((width, height), 40) for _ in range(3)])
    slope = Image.merge("RGB", [Image.linear_gradient("L").resize((width, height))] * 3)
    return ImageChops.add(noise, slope, scale=2).tobytes("raw", "BGRX")


def main(title: str, width: int, height: int) -> None:
    """Show it until killed; the first line says that it is there."""
    display = Display()
    screen = display.screen()
    window = screen.root.create_window(
        0, 0, width, height, 0, screen.root_depth, background_pixel=0, event_mask=X.ExposureMask
    )
    window.set_wm_name(title)
    memory = window.create_pixmap(width, height, screen.root_depth)
    pen = memory.create_gc()
    rows, pixels = 32, picture(width, height)  # a request holds 256 KiB
    for top in range(0, height, rows):
        part = pixels[4 * width * top : 4 * width * (top + rows)]
        memory.put_image(pen, 0, top, width, len(part) // (4 * width), X.ZPixmap, screen.root_depth, 0, part)
    window.map()
    while True:
        if display.next_event().type == X.Expose:
            window.copy_area(pen, memory, 0, 0, width, height, 0, 0)
            display.sync()
            sys.stdout.write("painted\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

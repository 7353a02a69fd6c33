#!/usr/bin/env bash
# Pillow 13.0.0: a second of play at 60 frames a second, saved as a GIF, plays in 0.6 seconds; ImageIO 2.38.1 does the same.
# One expects: GIF counts in hundredths of a second, so a duration is rounded to the nearest, or what is left is carried to the
#   next frame: the whole lasts as long as the frames say. Pillow's WebP, in milliseconds, does carry it: 17, 16, 17.
# What happens: each frame's duration is cut down to 10 ms: 19 ms become 10, and nobody is told. 60 frames a second become 100,
#   75 become 100, 30 become 33. ImageIO's fps=60 goes the same way.
# Who is affected: recordings of games and environments: at 60 frames a second all is 1.7 times as fast as it was, and times read
#   off the picture are wrong. Up to 9 ms of each frame are lost at any rate that does not divide 100.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet pillow==13.0.0 imageio==2.38.1; } >log 2>&1 ||
  absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
pillow 13.0.0, imageio 2.38.1
a second at 25 frames a second: Pillow's GIF 1000 ms, WebP 1000 ms; ImageIO's GIF 1000 ms
a second at 30 frames a second: Pillow's GIF 900 ms, WebP 1000 ms; ImageIO's GIF 900 ms
a second at 60 frames a second: Pillow's GIF 600 ms, WebP 1000 ms; ImageIO's GIF 600 ms
a second at 75 frames a second: Pillow's GIF 750 ms, WebP 1000 ms; ImageIO's GIF 750 ms
END
timeout 60 env/bin/python - >seen 2>&1 <<'END'
import io
from importlib.metadata import version

import imageio.v3
import numpy
from PIL import Image

print(", ".join(f"{name} {version(name)}" for name in ("pillow", "imageio")))


def lasts(data):
    picture = Image.open(io.BytesIO(data))
    total = 0
    for number in range(picture.n_frames):
        picture.seek(number)
        picture.load()
        total += picture.info["duration"]
    return total


for fps in (25, 30, 60, 75):
    arrays = [numpy.full((8, 8, 3), number * 3, numpy.uint8) for number in range(fps)]
    first, *others = [Image.fromarray(array) for array in arrays]
    told = {}
    for kind in ("GIF", "WebP"):
        stream = io.BytesIO()
        first.save(stream, kind, save_all=True, append_images=others, duration=1000 / fps)
        told[kind] = lasts(stream.getvalue())
    by_imageio = lasts(imageio.v3.imwrite("<bytes>", numpy.stack(arrays), extension=".gif", fps=fps))
    print(f"a second at {fps} frames a second: Pillow's GIF {told['GIF']} ms, WebP {told['WebP']} ms; "
          f"ImageIO's GIF {by_imageio} ms")
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen

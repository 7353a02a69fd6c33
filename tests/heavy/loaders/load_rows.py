# mypy: ignore-errors
"""Loads an exported folder with `datasets`, and prints its columns, and each row's picture as size and colour."""

import json
import sys

import datasets

rows = datasets.load_dataset("imagefolder", data_dir=sys.argv[1], split="train", cache_dir=sys.argv[2])
sys.stdout.write(json.dumps(sorted(rows.column_names)) + "\n")
for row in rows:
    pictures = [[*image.size, *image.convert("RGB").getpixel((5, 5))] for image in row.pop("images")]
    sys.stdout.write(json.dumps({**row, "pictures": pictures}) + "\n")

"""Generates the JSON Schemas of training data from their models: `python -m tools.training_schemas FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from timmy_actors.recording import training_schemas


def schemas() -> dict[str, str]:
    """The schemas as the files have them, by file name."""
    return {f"{name}.schema.json": json.dumps(schema, indent=2) + "\n" for name, schema in training_schemas().items()}


if __name__ == "__main__":
    for name, text in schemas().items():
        Path(sys.argv[1], name).write_text(text, encoding="utf-8")

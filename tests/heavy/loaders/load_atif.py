# mypy: ignore-errors
"""Loads ATIF documents with the library, and prints what it read."""

import json
import sys
from pathlib import Path

import atif

for name in sys.argv[1:]:
    trajectory = atif.Trajectory.model_validate_json(Path(name).read_text(encoding="utf-8"))
    sys.stdout.write(
        json.dumps({"steps": len(trajectory.steps), "pictures": trajectory.has_multimodal_content()}) + "\n"
    )

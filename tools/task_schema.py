"""Generates the JSON Schema of a task's file from its model: `python -m tools.task_schema FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from timmy_actors.worlds import Task


def schema() -> str:
    """The schema as the file has it."""
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Task.model_json_schema()}
    return json.dumps(document, indent=2) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(schema(), encoding="utf-8")

"""Generates the JSON Schema of `portals.json`, for editors: `python -m tools.portal_schema FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from timmy_actors.protocol import Catalog


def catalog_schema() -> dict[str, object]:
    """Generate the schema of the catalog."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The portal catalog of timmy_actors",
        **Catalog.model_json_schema(by_alias=True),
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(catalog_schema(), indent=2) + "\n", encoding="utf-8")

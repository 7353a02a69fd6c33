"""Generates the dashboard's list of places from the bridge's: `python -m tools.dashboard_places FILE`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from timmy_actors.embedded import new_runtime

PLACES = Path(__file__).parents[1] / "lua/timmy/state/places.lua"
STATIC = Path(__file__).parents[1] / "timmy_actors/serving/http/static/places.js"
CELL = 8192
HEAD = """\
// The known places outdoors: [name, x, y] in cells, towns first: the places whose cells bear their names.
//
// Generated from lua/timmy/state/places.lua by `make dashboard-places`: do not change it by hand.
export const PLACES = [
"""
EXTERIOR = re.compile(r"-?\d+, -?\d+")


def current() -> str:
    """The module as it should be now."""
    places = new_runtime().execute(PLACES.read_text())["all"].values()
    outdoors = [place for place in places if EXTERIOR.fullmatch(place["cell"])]
    return HEAD + "".join(f"  {json.dumps(_row(place))},\n" for place in outdoors) + "];\n"


def _row(place: Any) -> list[str | float]:
    return [place["name"], round(place["x"] / CELL, 3), round(place["y"] / CELL, 3)]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(current())

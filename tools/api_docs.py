"""Generates `docs/script-api.md`, the preconditions of the script API: `python -m tools.api_docs FILE`."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from timmy_actors.embedded import new_runtime, search_only
from timmy_actors.system import lua_folder

HEAD = """\
# The script API: what must hold before each call

Every function that TES3MP 0.8.1 gives to Lua, with what the raw API asks for before it runs it. Where the words are
those of [preconditions-0.8.1.json](../timmy_actors/embedded/data/preconditions-0.8.1.json), the simulator enforces them
too. How a batch is judged, and when, is in [raw.md](raw.md).

Written by `make docs-script-api`: do not change it by hand.
"""


def page() -> str:
    """Generate the content of `docs/script-api.md`."""
    lua = new_runtime()
    search_only(lua, lua_folder())
    rows = [line.split("\t") for line in str(lua.require("simulator.contract").lines()).splitlines()]
    parts = [HEAD]
    for category, functions in groupby(rows, key=lambda row: row[0]):
        parts.append(f"\n## {category}\n\n")
        parts += [f"- `{signature}`{': ' if needs else ''}{needs}\n" for _, signature, needs in functions]
    return "".join(parts)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")

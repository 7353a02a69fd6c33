"""Which window a tool is aimed at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from timmy_actors.errors import ToolError
from timmy_actors.portals.tools.answer_parsing import read_titles
from timmy_actors.portals.tools.tool_server import ToolServer
from timmy_actors.portals.tools.tool_tables import ToolRow
from timmy_actors.protocol import PortalEntry

SELECTOR = re.compile(r"(id|class|pid):")
"""What the bundled desktop-control takes besides titles."""

REMEDY = (
    "is the game running? One in gamescope has an X display of its own: name it under [desktop], as in"
    ' environment = { DISPLAY = ":1" }'
)


async def aim_at(
    desktop: ToolServer, tool: str, entry: PortalEntry, deadline: float, argument: str = "window_title"
) -> str | list[str] | None:
    """What the server's tool takes as `argument` for a portal; None: it cannot be aimed.

    A server that takes several titles chooses by itself. One that takes one gets the first for which it lists a window.

    Raises:
        ToolError: `no_window`, or the server is not up.
    """
    properties = (await desktop.schema(tool, deadline)).get("properties", {})
    schema = properties.get(_name_in(desktop.table.row(tool), argument))
    titles = [title for title in entry.titles if desktop.table.selectors or not SELECTOR.match(title)]
    if schema is None or not titles:
        return None
    if _takes_list(schema):
        return titles
    return titles[0] if len(titles) == 1 else await _first_there(desktop, titles, deadline)


def _name_in(row: ToolRow | None, argument: str) -> str:
    """What the server calls an argument, where its table's template says that."""
    named = (row.arguments or {}) if row is not None else {}
    return next((name for name, template in named.items() if template == f"${argument}"), argument)


async def _first_there(desktop: ToolServer, titles: Sequence[str], deadline: float) -> str:
    try:
        there = read_titles((await desktop.look("list_windows", {}, deadline)).value)
    except ToolError as trouble:
        if trouble.code != "no_such_tool":
            raise
        return titles[0]
    known = {title.strip().casefold(): title for title in there}
    for title in titles:
        if title.strip().casefold() in known:
            return known[title.strip().casefold()]
    raise ToolError("no_window", f"no window is called {' or '.join(map(repr, titles))}: {REMEDY}")


def _takes_list(schema: Mapping[str, Any]) -> bool:
    choices = [schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    return any(choice.get("type") == "array" for choice in choices if isinstance(choice, Mapping))

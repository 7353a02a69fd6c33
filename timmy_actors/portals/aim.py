"""Which window a tool is aimed at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from timmy_actors.errors import ToolTrouble
from timmy_actors.model.portal import PortalEntry
from timmy_actors.portals.reading import read_titles
from timmy_actors.portals.tool_server import ToolServer

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
        ToolTrouble: `no_window`, or the server is not up.
    """
    schema = (await desktop.schema(tool, deadline)).get("properties", {}).get(argument)
    if schema is None:
        return None
    if _takes_list(schema):
        return list(entry.titles)
    if len(entry.titles) == 1:
        return entry.titles[0]
    return await _first_there(desktop, entry, deadline)


async def _first_there(desktop: ToolServer, entry: PortalEntry, deadline: float) -> str:
    try:
        there = read_titles((await desktop.look("list_windows", {}, deadline)).value)
    except ToolTrouble as trouble:
        if trouble.code != "no_such_tool":
            raise
        return entry.titles[0]
    known = {title.strip().casefold(): title for title in there}
    for title in entry.titles:
        if title.strip().casefold() in known:
            return known[title.strip().casefold()]
    raise ToolTrouble("no_window", f"no window is called {' or '.join(map(repr, entry.titles))}: {REMEDY}")


def _takes_list(schema: Mapping[str, Any]) -> bool:
    choices = [schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    return any(choice.get("type") == "array" for choice in choices if isinstance(choice, Mapping))

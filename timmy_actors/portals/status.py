"""How a portal does, from what is known of its servers and of its last look. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from timmy_actors.portals.tools.spec_tools import DESKTOP, SPEC_TOOLS
from timmy_actors.portals.tools.tool_tables import ToolTable
from timmy_actors.protocol import GameState, PortalEntry, PortalState, PortalStatus, ServerStatus

TOLD_OTHERWISE = ("no_such_tool", "server_unavailable", "no_key", "no_user", "no_data")
"""Codes of what the servers' own states tell, and of what an operator chose to do without."""


def assess(
    entry: PortalEntry,
    servers: Sequence[ServerStatus],
    table: ToolTable,
    last: GameState | None,
    catalogue_error: str | None,
) -> PortalStatus:
    """The portal's state with its reasons: without a desktop there is none, without the rest it is degraded."""
    desktop = next(server for server in servers if server.name == DESKTOP)
    reasons = [*_server_reasons(servers), *_tool_reasons(desktop, table), *_look_reasons(entry, last)]
    return PortalStatus(
        id=entry.id,
        state=_state(desktop, reasons),
        reasons=tuple(reasons),
        catalogue_error=catalogue_error,
        servers=tuple(servers),
    )


def _state(desktop: ServerStatus, reasons: list[str]) -> PortalState:
    match desktop.state:
        case "starting":
            return "starting"
        case "ready":
            return "degraded" if reasons else "ready"
    return "offline"


def _server_reasons(servers: Sequence[ServerStatus]) -> Iterator[str]:
    for server in servers:
        # Steam that nobody needs, or that is not set up, takes nothing from the game.
        if server.state != "ready" and (server.name == DESKTOP or server.state != "offline"):
            yield f"{server.name} is {server.state}: {server.reason or 'no reason known'}"


def _tool_reasons(desktop: ServerStatus, table: ToolTable) -> Iterator[str]:
    if desktop.state != "ready":
        return
    for spec in SPEC_TOOLS.values():
        if spec.server == DESKTOP and spec.required:
            row = table.row(spec.name)
            if row is None or row.tool not in desktop.tools:
                yield f"{DESKTOP} has no {spec.name}"


def _look_reasons(entry: PortalEntry, last: GameState | None) -> Iterator[str]:
    if last is not None and last.portal_id == entry.id:
        for problem in last.problems:
            if problem.code not in TOLD_OTHERWISE:
                yield f"{problem.what}: {problem.message}"

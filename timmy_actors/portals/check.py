"""Assesses a portal: its status, and the detailed findings of a check. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from timmy_actors.errors import ConfigError
from timmy_actors.portals.catalog.prompts import load_prompts
from timmy_actors.portals.steam.cache import NO_KEY, NO_USER, SteamAccess
from timmy_actors.portals.tools.spec_tools import DESKTOP, SPEC_TOOLS
from timmy_actors.portals.tools.tool_tables import ToolTable
from timmy_actors.protocol import Finding, GameState, PortalCheck, PortalEntry, PortalState, PortalStatus, ServerStatus

REPORTED_ELSEWHERE = ("no_such_tool", "server_unavailable", "no_key", "no_user", "no_data")
"""Codes of problems that the servers' states already report, or that follow from the operator's configuration."""


_WINDOW = ("visual.window", "visual.screenshot_path")


def assess(
    entry: PortalEntry,
    servers: Sequence[ServerStatus],
    table: ToolTable,
    last: GameState | None,
    catalog_error: str | None,
) -> PortalStatus:
    """The portal's state and its reasons: offline without the desktop server, degraded if anything else is missing."""
    desktop = next(server for server in servers if server.name == DESKTOP)
    reasons = [*_server_reasons(servers), *_tool_reasons(desktop, table), *_look_reasons(entry, last)]
    return PortalStatus(
        id=entry.id,
        state=_state(desktop, reasons),
        reasons=tuple(reasons),
        catalog_error=catalog_error,
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
        # An offline Steam server is not needed or not configured: the portal works without it.
        if server.state != "ready" and (server.name == DESKTOP or server.state != "offline"):
            yield f"{server.name} is {server.state}: {server.reason or 'the reason is unknown'}"


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
            if problem.code not in REPORTED_ELSEWHERE:
                yield f"{problem.what}: {problem.message}"


def check(
    status: PortalStatus,
    entry: PortalEntry,
    state: GameState,
    *,
    tables: Mapping[str, ToolTable],
    access: SteamAccess,
    folder: Path,
) -> PortalCheck:
    """Check the catalog, the prompts, the servers and their tools, the window, the Steam key, and other problems.

    `folder` is the folder of the catalog.
    """
    findings = [
        *_catalog(status),
        *_prompts(entry, folder),
        *(finding for server in _needed(status, entry) for finding in _server(server, tables[server.name])),
        _window(entry, state),
        *_steam(entry, access),
        *_problems(state),
    ]
    return PortalCheck(portal=entry.id, findings=tuple(findings))


def _catalog(status: PortalStatus) -> Iterator[Finding]:
    if status.catalog_error is not None:
        yield Finding(what="catalog", ok=False, detail=status.catalog_error)


def _prompts(entry: PortalEntry, folder: Path) -> Iterator[Finding]:
    try:
        prompts = load_prompts(entry, folder)
    except ConfigError as error:
        yield Finding(what="prompts", ok=False, detail=str(error))
        return
    if prompts is not None:
        detail = f"{entry.prompts}: {len(prompts.scenes)} scenes, {len(prompts.decisions)} decisions"
        yield Finding(what="prompts", ok=True, detail=detail)


def _needed(status: PortalStatus, entry: PortalEntry) -> Iterator[ServerStatus]:
    """The servers that the portal uses: the one for Steam only if the entry names an application."""
    yield from (server for server in status.servers if entry.app_id or server.name == DESKTOP)


def _server(server: ServerStatus, table: ToolTable) -> Iterator[Finding]:
    if server.state != "ready":
        yield Finding(what=server.name, ok=False, detail=f"{server.state}: {server.reason}")
        return
    detail = f"{server.server}, process {server.pid}, MCP {server.protocol}, {len(server.tools)} tools"
    yield Finding(what=server.name, ok=True, detail=detail)
    for spec in SPEC_TOOLS.values():
        if spec.server == server.name:
            row = table.row(spec.name)
            if row is not None and row.tool in server.tools:
                yield Finding(what=f"  {spec.name}", ok=True, detail=row.tool)
            elif spec.required:
                yield Finding(what=f"  {spec.name}", ok=False, detail=f"{server.name} has no such tool")


def _window(entry: PortalEntry, state: GameState) -> Finding:
    if state.visual.window is not None:
        return Finding(what="window", ok=True, detail=f"{state.visual.window!r}, {state.visual.image_size}")
    messages = [problem.message for problem in state.problems if problem.what in _WINDOW]
    detail = "; ".join(messages) or f"no window has the title {' or '.join(map(repr, entry.titles))}"
    return Finding(what="window", ok=False, detail=detail)


def _steam(entry: PortalEntry, access: SteamAccess) -> Iterator[Finding]:
    if entry.app_id:
        yield Finding(what="Steam key", ok=access.has_key, detail="configured" if access.has_key else NO_KEY)
        user = access.user_id
        yield Finding(what="Steam user", ok=user is not None, detail=user or NO_USER)


def _problems(state: GameState) -> Iterator[Finding]:
    for problem in state.problems:
        if problem.what not in _WINDOW and problem.code not in ("no_key", "no_user"):
            yield Finding(what=problem.what, ok=False, detail=problem.message)

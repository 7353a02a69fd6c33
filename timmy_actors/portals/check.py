"""What works of a portal, and what does not, from one look through it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from timmy_actors.errors import ConfigError
from timmy_actors.portals.catalog.prompts import load_prompts
from timmy_actors.portals.steam.cache import NO_KEY, NO_USER, SteamAccess
from timmy_actors.portals.tools.spec_tools import SPEC_TOOLS
from timmy_actors.portals.tools.tool_tables import ToolTable
from timmy_actors.protocol import Finding, GameState, PortalCheck, PortalEntry, PortalStatus, ServerStatus


def check(
    status: PortalStatus,
    entry: PortalEntry,
    state: GameState,
    *,
    tables: Mapping[str, ToolTable],
    access: SteamAccess,
    folder: Path,
) -> PortalCheck:
    """Servers, tools found and mapped, the window, Steam's key, the prompts, and every other thing that is missing.

    `folder` is the catalogue's.
    """
    findings = [
        *_catalogue(status),
        *_prompts(entry, folder),
        *(finding for server in status.servers for finding in _server(server, tables[server.name])),
        _window(entry, state),
        *_steam(entry, access),
        *_problems(state),
    ]
    return PortalCheck(portal=entry.id, findings=tuple(findings))


def _catalogue(status: PortalStatus) -> Iterator[Finding]:
    if status.catalogue_error is not None:
        yield Finding(what="catalogue", ok=False, told=status.catalogue_error)


def _prompts(entry: PortalEntry, folder: Path) -> Iterator[Finding]:
    try:
        prompts = load_prompts(entry, folder)
    except ConfigError as error:
        yield Finding(what="prompts", ok=False, told=str(error))
        return
    if prompts is not None:
        told = f"{entry.prompts}: {len(prompts.scenes)} scenes, {len(prompts.decisions)} decisions"
        yield Finding(what="prompts", ok=True, told=told)


def _server(server: ServerStatus, table: ToolTable) -> Iterator[Finding]:
    if server.state != "ready":
        yield Finding(what=server.name, ok=False, told=f"{server.state}: {server.reason}")
        return
    told = f"{server.server}, process {server.pid}, MCP {server.protocol}, {len(server.tools)} tools"
    yield Finding(what=server.name, ok=True, told=told)
    for spec in SPEC_TOOLS.values():
        if spec.server == server.name:
            row = table.row(spec.name)
            found = row is not None and row.tool in server.tools
            if found and row is not None:
                yield Finding(what=f"  {spec.name}", ok=True, told=row.tool)
            elif spec.required:
                yield Finding(what=f"  {spec.name}", ok=False, told=f"{server.name} has no such tool")


def _window(entry: PortalEntry, state: GameState) -> Finding:
    if state.visual.window is not None:
        return Finding(what="window", ok=True, told=f"{state.visual.window!r}, {state.visual.image_size}")
    troubles = [problem.message for problem in state.problems if problem.what in _WINDOW]
    told = "; ".join(troubles) or f"no window is called {' or '.join(map(repr, entry.titles))}"
    return Finding(what="window", ok=False, told=told)


def _steam(entry: PortalEntry, access: SteamAccess) -> Iterator[Finding]:
    if entry.app_id:
        yield Finding(what="Steam key", ok=access.has_key, told="there is one" if access.has_key else NO_KEY)
        user = access.user_id
        yield Finding(what="Steam user", ok=user is not None, told=user or NO_USER)


def _problems(state: GameState) -> Iterator[Finding]:
    for problem in state.problems:
        if problem.what not in _WINDOW and problem.code not in ("no_key", "no_user"):
            yield Finding(what=problem.what, ok=False, told=problem.message)


_WINDOW = ("visual.window", "visual.screenshot_path")

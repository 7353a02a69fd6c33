"""Formats portals, states and actions for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import click

from timmy_actors.cli.output import escaped
from timmy_actors.protocol import (
    Action,
    ActionResult,
    GameContext,
    GameState,
    PortalCheck,
    PortalEntry,
    Portals,
    PortalStatus,
    Visual,
)


def describe_portals(answer: Portals) -> Iterator[str]:
    """One line per portal; the chosen one is marked and has its state."""
    for entry in answer.portals:
        chosen = entry.id == answer.chosen
        state = f" [{answer.status.state}]" if chosen and answer.status is not None else ""
        yield f"{'*' if chosen else ' '} {entry.id:<14} {entry.name}{state}: {entry.description}"
    if answer.status is not None and answer.status.catalog_error is not None:
        yield f"  {answer.status.catalog_error}"


def describe_entry(entry: PortalEntry, status: PortalStatus | None) -> Iterator[str]:
    """A portal's entry, the state of its servers, and its names for actions."""
    yield f"{entry.id}: {entry.name}"
    yield f"  {entry.description}"
    yield f"  Steam app    {entry.app_id}"
    yield f"  window       {' or '.join(entry.titles)}"
    leads = " ".join(f"{key}={value}" for key, value in entry.destination.params.items())
    yield f"  destination  {entry.destination.type} {leads}".rstrip()
    if status is not None:
        yield f"  state        {status.state}"
        yield from (f"    because    {reason}" for reason in status.reasons)
    for name, action in entry.actions.items():
        steps = (action,) if isinstance(action, Action) else action
        yield f"  {name:<14} {', then '.join(map(_describe_action, steps))}"


def describe_check(check: PortalCheck) -> Iterator[str]:
    """One line per finding, in colour, and the verdict."""
    width = max((len(finding.what) for finding in check.findings), default=0)
    for finding in check.findings:
        mark = click.style("ok", fg="green") if finding.ok else click.style("no", fg="red")
        yield f"{mark}  {escaped(f'{finding.what:<{width}}  {finding.detail}')}"
    failures = sum(not finding.ok for finding in check.findings)
    verdict = {0: "everything works", 1: "1 thing does not work"}.get(failures, f"{failures} things do not work")
    yield f"{check.portal}: {verdict}"


def describe_state(state: GameState) -> Iterator[str]:
    """A captured state: the screenshot first, missing parts last."""
    visual, context = state.visual, state.game_context
    yield f"{state.portal_id} at {state.timestamp:%H:%M:%S}, captured in {state.took_ms:.0f} ms"
    yield from (f"  {line}" for line in _visual(visual))
    yield from (f"  {line}" for line in _context(context))
    yield from (f"  missing    {problem.what}: {problem.message}" for problem in state.problems)


def describe_result(result: ActionResult) -> str:
    """The outcome of an action, in one line."""
    action = _describe_action(Action(action=result.action, params=result.params))
    name = f"{result.binding} ({action})" if result.binding is not None else action
    return f"{name}: {result.outcome}" + (f": {result.reason}" if result.reason else "")


def _visual(visual: Visual) -> Iterator[str]:
    if visual.screenshot_path is not None:
        size = f", {visual.image_size[0]} x {visual.image_size[1]}" if visual.image_size is not None else ""
        yield f"screenshot {visual.screenshot_path} ({visual.window or 'the whole screen'}{size})"
    if visual.screen_size is not None:
        mouse = f", mouse at {visual.mouse_position}" if visual.mouse_position is not None else ""
        yield f"screen     {visual.screen_size[0]} x {visual.screen_size[1]}{mouse}"
    for pixel in visual.pixels or ():
        yield f"pixel      {pixel.at} is {pixel.rgb}"


def _context(context: GameContext) -> Iterator[str]:
    if context.current_players_online is not None:
        yield f"online     {context.current_players_online} players"
    if context.playtime_hours is not None:
        yield f"played     {context.playtime_hours:g} hours"
    if context.achievements_total is not None:
        yield f"achieved   {context.achievements_unlocked} of {context.achievements_total}"
    if context.stats:
        yield "stats      " + ", ".join(f"{stat.name} {stat.value:g}" for stat in context.stats[:8])
    for item in (context.news or ())[:3]:
        yield f"news       {item.title}"
    for line in (context.log or ())[-3:]:
        yield f"log        {line}"


def _describe_action(action: Action) -> str:
    return " ".join([action.action, *(f"{key}={value}" for key, value in action.params.items())])

"""Draws the tree of actors. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from timmy_actors.cli.output import escaped

if TYPE_CHECKING:
    from timmy_actors.protocol import ActorHealth, Health

ROOT = "root"
NAME_WIDTH = 26
COLOURS = {"up": "green", "starting": "cyan", "stopping": "cyan", "waiting to restart": "yellow", "down": "red"}
BUSY_SHOWN_AFTER_S = 1.0


def draw_tree(health: Health) -> list[str]:
    """One line per actor, below its supervisor, with its state in colour."""
    lines = [click.style(ROOT, bold=True), *_branches(health.actors, ROOT, "")]
    if health.abandoned:
        lines.append(click.style(f"{health.abandoned} abandoned hung actors", fg="red"))
    if health.dead_letters:
        lines.append(f"{health.dead_letters} dead letters, the latest:")
        lines += [
            f"  {letter.kind} to {letter.to}, {letter.age_s:.0f} s ago: {escaped(letter.why)}"
            for letter in health.latest_dead_letters
        ]
    return lines


def _branches(actors: tuple[ActorHealth, ...], parent: str, indent: str) -> Iterator[str]:
    children = [actor for actor in actors if actor.parent == parent]
    for actor in children:
        last = actor is children[-1]
        label = indent + ("└── " if last else "├── ") + actor.name
        yield f"{label:<{NAME_WIDTH}} {_describe(actor)}"
        yield from _branches(actors, actor.name, indent + ("    " if last else "│   "))


def _describe(actor: ActorHealth) -> str:
    words = [click.style(actor.state, fg=COLOURS.get(actor.state))]
    if actor.restarts:
        times = "once" if actor.restarts == 1 else f"{actor.restarts} times"
        words.append(f"restarted {times}, last because: {escaped(actor.last_reason or 'it stopped')}")
    elif actor.last_reason:
        words.append(escaped(actor.last_reason))
    if actor.busy_s is not None and actor.busy_s > BUSY_SHOWN_AFTER_S:
        words.append(click.style(f"busy with one {actor.busy_with} for {actor.busy_s:.0f} s", fg="yellow"))
    if actor.mailbox_depth:
        words.append(f"{actor.mailbox_depth} messages wait")
    return ", ".join(words)

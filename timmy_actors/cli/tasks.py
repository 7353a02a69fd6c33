"""The commands of the embedded world's tasks."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from typing import Any, Literal

import click

from timmy_actors.cli import root
from timmy_actors.cli.output import harmless
from timmy_actors.embedded import MAX_SEED, LockstepWorld
from timmy_actors.worlds import Agent, Episode, RandomAgent, ScriptedAgent, Task, find_task, load_tasks, play

AGENTS: dict[str, Callable[[Task, int], Agent]] = {"scripted": ScriptedAgent, "random": RandomAgent}
AgentName = Literal["scripted", "random"]


@click.group()
def tasks() -> None:
    """List the tasks of the embedded world, and have agents play them. No daemon is needed."""


@tasks.command(name="list")
@root.as_json
def list_tasks(as_json: bool) -> None:
    """List the tasks and their goals."""
    known = load_tasks().values()
    if as_json:
        click.echo(
            json.dumps([{"id": task.id, "goal": task.goal, "time_limit_s": task.time_limit_s} for task in known])
        )
        return
    for task in known:
        click.echo(harmless(f"{task.id}: {task.goal}"))


agent_option = click.option(
    "--agent", type=click.Choice(list(AGENTS)), default="scripted", show_default=True, help="Who plays."
)
seed_option = click.option(
    "--seed",
    type=click.IntRange(0, MAX_SEED),
    default=1,
    show_default=True,
    help="The seed of the world and of the random agent.",
)


@tasks.command()
@click.argument("task")
@agent_option
@seed_option
@root.as_json
def run(task: str, agent: AgentName, seed: int, as_json: bool) -> None:
    """Play one episode of TASK, and show its score."""
    outcome = _play(find_task(task), agent, seed)
    if as_json:
        click.echo(json.dumps(outcome))
    else:
        seconds = f"{outcome['game_ms'] / 1000:.2f} s of game time"
        click.echo(f"{task}: score {outcome['score']:.2f}, ended by {outcome['ending']} after {seconds}")


@tasks.command()
@click.option("--episodes", type=click.IntRange(1, 1000), default=5, show_default=True, help="Episodes of each agent.")
def score(episodes: int) -> None:
    """Show the mean scores of the scripted and the random agent on every task, as a Markdown table.

    The seeds are 1, 2, and so on.
    """
    click.echo("| task | " + " | ".join(AGENTS) + " |")
    click.echo("|---|" + "---|" * len(AGENTS))
    for task in load_tasks().values():
        means = [sum(_play(task, name, seed + 1)["score"] for seed in range(episodes)) / episodes for name in AGENTS]
        click.echo(f"| `{task.id}` | " + " | ".join(f"{mean:.2f}" for mean in means) + " |")


def _play(task: Task, agent: str, seed: int) -> dict[str, Any]:
    with closing(LockstepWorld(seed)) as world:
        state = play(Episode(task, world), AGENTS[agent](task, seed))
    return {"task": task.id, "agent": agent, "seed": seed, "score": state.score, "ending": state.ending,
            "game_ms": state.game_ms}  # fmt: skip

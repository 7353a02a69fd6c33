"""The commands of the embedded world's tasks."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import click

from timmy_actors.cli import root
from timmy_actors.cli.output import escaped, escaped_json
from timmy_actors.embedded import MAX_SEED, LockstepWorld
from timmy_actors.errors import HostError
from timmy_actors.system import MAX_PORT, default_folder, expand_user
from timmy_actors.worlds import Agent, Episode, RandomAgent, ScriptedAgent, Task, find_task, load_tasks, play

EXTRAS = {"fastapi", "prometheus_client", "starlette", "uvicorn", "websockets"}
"""What the extra `http` installs."""
AGENTS: dict[str, Callable[[Task, int], Agent]] = {"scripted": ScriptedAgent, "random": RandomAgent}
AgentName = Literal["scripted", "random"]


@click.group()
def tasks() -> None:
    """List the tasks of the embedded world, and have agents play them. No daemon is needed.

    A TASK is the id of one that ships, or the path of a .yaml file of your own.
    """


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
        click.echo(escaped(f"{task.id}: {task.goal}"))


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
        click.echo(f"{outcome['task']}: score {outcome['score']:.2f}, ended by {outcome['ending']} after {seconds}")


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


@tasks.command("evaluate")
@click.argument("names", nargs=-1, metavar="[TASK]...")
@click.option(
    "--worlds",
    type=click.IntRange(1, 1000),
    default=2,
    show_default=True,
    help="How many worlds play at once, each in a process of its own.",
)
@click.option(
    "--policy", default="scripted", show_default=True, help="Who plays: scripted, random, or MODULE:NAME of your own."
)
@click.option("--episodes", type=click.IntRange(1, 10_000), default=5, show_default=True, help="Episodes of each task.")
@seed_option
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default="evaluation",
    show_default=True,
    help="Where the results are; one evaluation has one folder.",
)
@click.option(
    "--ray",
    metavar="ADDRESS",
    help="Run the worlds on the Ray cluster at ADDRESS (auto: this machine's, local: a new one); needs the extra ray.",
)
@root.as_json
def evaluate_tasks(
    names: tuple[str, ...],
    *,
    worlds: int,
    policy: str,
    episodes: int,
    seed: int,
    folder: Path,
    ray: str | None,
    as_json: bool,
) -> None:
    """Score a policy on all tasks, or on those that are named, with confidence intervals.

    The same command continues an evaluation that was ended, killed or ran out of disk.
    """
    from timmy_actors.fleet import describe_scores, evaluate  # noqa: PLC0415  the other commands do without it

    sys.path.insert(0, "")  # a policy's module may be in the current folder
    total = len(names or load_tasks()) * episodes
    try:
        with click.progressbar(length=total, label="Evaluating", file=sys.stderr) as bar:
            outcome = evaluate(
                folder,
                tasks=names or None,
                policy=policy,
                worlds=worlds,
                episodes=episodes,
                seed=seed,
                ray=ray,
                on_result=lambda so_far: bar.update(len(so_far.results) - bar.pos),
            )
    except KeyboardInterrupt:
        click.echo(escaped(f"\ninterrupted: the same command continues the evaluation in {folder}"), err=True)
        raise
    rows = outcome.summaries()
    if as_json:
        click.echo(escaped_json(json.dumps([asdict(row) for row in rows])))
    else:
        click.echo("\n".join(map(escaped, describe_scores(rows))))
    lost = next((result for result in outcome.results if result.ending == "lost"), None)
    if lost is not None:
        click.echo(escaped(f"lost: episode {lost.number} of {lost.task}: {lost.reason}"), err=True)


@tasks.command()
@click.argument("task")
@click.option("--port", type=click.IntRange(0, MAX_PORT), default=8000, show_default=True, help="0: any free port.")
@click.option(
    "--sessions",
    type=click.IntRange(1, 256),
    default=16,
    show_default=True,
    help="How many clients may play at once. Each has a world in a process of its own.",
)
@click.option(
    "--idle-s",
    type=click.FloatRange(0.1, 86_400),
    default=600,
    show_default=True,
    help="A session whose client sends nothing for so long is ended.",
)
@click.option(
    "--token-file",
    help="The file with the bearer token, created if missing. Default: openenv.token in the folder of the daemon's"
    " socket.",
)
def serve(task: str, port: int, sessions: int, idle_s: float, token_file: str | None) -> None:
    """Serve TASK to trainers as an OpenEnv environment on 127.0.0.1, until Ctrl-C.

    A client of OpenEnv connects to the URL that is printed, with the header 'Authorization: Bearer TOKEN'.
    """
    try:
        from timmy_actors.serving import OpenEnvOptions, serve_task  # noqa: PLC0415  an extra
    except ModuleNotFoundError as missing:
        if missing.name not in EXTRAS:
            raise
        raise HostError(f"{missing.name} is missing: pip install 'timmy_actors[http,tasks]'") from missing
    file = expand_user(token_file, "--token-file") if token_file else default_folder() / "openenv.token"
    options = OpenEnvOptions(task, port, file, sessions, idle_s)
    serve_task(options, lambda url: click.echo(escaped(f"{task}: serving at {url}, its token is in {file}"), err=True))


def _play(task: Task, agent: str, seed: int) -> dict[str, Any]:
    with closing(LockstepWorld(seed)) as world:
        state = play(Episode(task, world), AGENTS[agent](task, seed))
    return {"task": task.id, "agent": agent, "seed": seed, "score": state.score, "ending": state.ending,
            "game_ms": state.game_ms}  # fmt: skip

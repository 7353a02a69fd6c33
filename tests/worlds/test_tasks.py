from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from timmy_actors.cli.root import cli
from timmy_actors.embedded import LockstepWorld
from timmy_actors.errors import ConfigError
from timmy_actors.system import tasks_folder
from timmy_actors.worlds import Episode, RandomAgent, ScriptedAgent, Task, find_task, load_tasks, play
from timmy_actors.worlds.tasks.goals import (
    GainedItem,
    HasItem,
    Hour,
    InCell,
    Killed,
    NearActor,
    NearPlace,
    NearPlayer,
    Place,
    QuestStage,
    Sections,
)
from timmy_actors.worlds.tasks.task import Do, Go, load_task
from tools.task_schema import schema

pytest.importorskip("lupa.luajit21")

SCHEMA = tasks_folder() / "schema.json"


def test_the_schema_is_that_of_the_model_and_every_task_has_its_form() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema(), "run 'make schemas'"
    for path in tasks_folder().glob("*.yaml"):
        jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), json.loads(schema()))
    assert len(load_tasks()) >= 12


@pytest.mark.parametrize("name", load_tasks())
def test_the_scripted_agent_does_every_task(name: str) -> None:
    task = find_task(name)
    with closing(LockstepWorld(1)) as world:
        state = play(Episode(task, world), ScriptedAgent(task, 1))
    assert (state.ending, state.score) == ("success", 1.0)
    assert state.game_ms < task.time_limit_s * 1000


def test_an_episode_ends_with_the_time_limit_and_equal_seeds_give_equal_ones() -> None:
    task = find_task("reach-tradehouse").model_copy(update={"time_limit_s": 5.0})
    states = []
    for _ in range(2):
        with closing(LockstepWorld(4)) as world:
            states.append(play(Episode(task, world), RandomAgent(task, 3)))
    assert states[0] == states[1]
    assert (states[0].ending, states[0].game_ms) == ("time", 5000)
    assert states[0].score < 1


def test_a_refused_action_takes_its_time_and_says_why() -> None:
    task = find_task("reach-tradehouse")
    with closing(LockstepWorld(1)) as world:
        episode = Episode(task, world)
        before = episode.start()
        after = episode.act(task.position_of("open-door"))
    assert (after.refused, after.game_ms) == ("game_refused", task.step_ms)
    assert after.sections["position"] == before.sections["position"]


def sections(x: float = 0, y: float = 0, cell: str = "0, 0", **others: object) -> Sections:
    return {"position": {"x": x, "y": y, "cell": cell, "exterior": "," in cell}, **others}


def test_the_progress_of_a_way_is_the_part_of_it_that_is_done() -> None:
    start = sections(x=1000)
    near = NearPlace(kind="near", at=Place(x=0, y=0), within=100)
    assert [near.progress(sections(x=x), start) for x in (2000, 1000, 750, 100)] == [0, 0, 0.25, 1]
    assert near.progress(sections(cell="Inn"), start) == 0, "another space"
    entered = InCell(kind="in_cell", cell="Inn", at=Place(x=0, y=0))
    assert [entered.progress(sections(x=x), start) for x in (1000, 500)] == [0, 0.45]
    assert entered.progress(sections(cell="Inn"), start) == 1


def test_the_progress_of_amounts_is_their_part() -> None:
    start = sections(kills={"counts": {"rat": 2}})
    killed = Killed(kind="killed", ref_id="rat", count=2)
    assert [killed.progress(sections(kills={"counts": {"rat": n}}), start) for n in (2, 3, 4, 9)] == [0, 0.5, 1, 1]
    bread = HasItem(kind="has_item", item="bread", count=4)
    items = {
        "items": [{"ref_id": "bread", "count": 1}, {"ref_id": "gold", "count": 9}, {"ref_id": "bread", "count": 2}]
    }
    assert bread.progress(sections(inventory=items), start) == 0.75
    quest = QuestStage(kind="quest_stage", quest="errand", stage=40)
    assert [quest.progress(sections(quests={"stages": s}), start) for s in ({}, {"errand": 10})] == [0, 0.25]


def test_only_what_was_gained_since_the_start_counts() -> None:
    def purse(gold: int) -> Sections:
        return sections(inventory={"items": [{"ref_id": "gold_001", "count": gold}]})

    gained = GainedItem(kind="gained_item", item="gold_001", count=4)
    assert [gained.progress(purse(gold), purse(80)) for gold in (70, 80, 81, 84, 99)] == [0, 0, 0.25, 1, 1]


def test_another_player_is_a_place_that_moves() -> None:
    def seen(*players: tuple[str, float]) -> Sections:
        known = [{"name": name, "x": x, "y": 0, "distance": abs(x)} for name, x in players]
        return sections(nearby_players={"players": known})

    start, near = seen(("Jiub", 1000.0)), NearPlayer(kind="near_player", within=150)
    assert [near.progress(seen(("Jiub", x)), start) for x in (1000.0, 500.0, 150.0)] == [0, 0.5, 1]
    assert near.place(seen(("Jiub", 900.0), ("Ildari", 300.0))) == Place(x=300, y=0)
    assert NearPlayer(kind="near_player", name="Jiub").place(seen(("Ildari", 300.0))) is None
    assert near.progress(seen(), start) == 0, "out of sight"


def test_only_living_actors_of_the_record_are_near() -> None:
    def seen(**actor: object) -> Sections:
        return sections(nearby_actors={"actors": [{"ref_id": "guard", "distance": 200, **actor}]})

    near = NearActor(kind="near_actor", ref_id="guard", within=250)
    actors: tuple[dict[str, object], ...] = ({}, {"distance": 260}, {"dead": True}, {"ref_id": "rat"})
    assert [near.progress(seen(**actor), {}) for actor in actors] == [1, 0, 0, 0]


@pytest.mark.parametrize(("hour", "at_night", "by_day"), [(21, 1, 0), (2, 1, 0), (6, 0, 1), (20.9, 0, 1)])
def test_a_part_of_the_day_may_include_midnight(hour: float, at_night: float, by_day: float) -> None:
    now = sections(world={"hour": hour})
    assert Hour(kind="hour", since=21, until=6).progress(now, {}) == at_night
    assert Hour(kind="hour", since=6, until=21).progress(now, {}) == by_day


@pytest.mark.parametrize(
    ("name", "script"),
    [("slip-past-guard", (Go(to=(-11200, -72500)), Do(act="wait"))), ("home-before-dark", (Do(act="turn-left"),))],
)
def test_a_condition_of_failure_ends_the_episode(name: str, script: tuple[Go | Do, ...]) -> None:
    task = find_task(name).model_copy(update={"script": script})
    with closing(LockstepWorld(1)) as world:
        state = play(Episode(task, world), ScriptedAgent(task, 1))
    assert state.ending == "failure"
    assert state.score < 1


VALID = """
id: a-task
goal: Walk.
time_limit_s: 10
actions: [{id: forward, command: walk}, {id: wait}]
success: [{kind: near, at: {x: 0, y: 0}}]
"""


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("id: a-task", "id: A Task", "id: "),
        ("time_limit_s: 10", "time_limit_s: -1", "time_limit_s: must be above 0"),
        ("goal: Walk.", "", "goal: is required"),
        ("goal: Walk.", "gaol: Walk.\ngoal: Walk.", "gaol: "),
        ("command: walk", "command: fly", "actions.0: no command 'fly'"),
        ("command: walk", "command: walk, arguments: {seconds: 0}", "actions.0: walk: seconds: must be"),
        ("{id: wait}", "{id: forward}", "actions: the action 'forward' is listed twice"),
        ("{id: wait}", "{id: wait, arguments: {a: 1}}", "actions.1: 'arguments' belong to a 'command'"),
        ("kind: near", "kind: happy", "success.0: "),
        ("kind: near, at: {x: 0, y: 0}", "kind: hour, since: 24, until: 6", "success.0.hour.since: must be below 24"),
        ("{x: 0, y: 0}", "{x: 0}", "success.0.near.at.y: is required"),
        ("success:", "script: [{act: jump}]\nsuccess:", "the task: script: there is no action 'jump'"),
        ("success:", "start: [{command: teleport}]\nsuccess:", "start.0: teleport: "),
        ("actions: [", "actions: [[", "cannot be read as YAML"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_field(tmp_path: Path, old: str, new: str, reason: str) -> None:
    path = tmp_path / "a-task.yaml"
    assert old in VALID
    path.write_text(VALID)
    assert load_task(path).name == "ATask"
    path.write_text(VALID.replace(old, new))
    with pytest.raises(ConfigError) as wrong:
        load_task(path)
    assert str(wrong.value).startswith(f"{path}: {reason}"), str(wrong.value)


def test_a_files_name_is_its_tasks_id(tmp_path: Path) -> None:
    (tmp_path / "another.yaml").write_text(VALID)
    with pytest.raises(ConfigError, match="id: must be 'another'"):
        load_tasks(tmp_path)


def test_a_start_that_the_game_refuses_is_a_mistake_of_the_task(tmp_path: Path) -> None:
    path = tmp_path / "a-task.yaml"
    path.write_text(VALID + "start: [{command: teleport, arguments: {to: Atlantis}}]\n")
    with closing(LockstepWorld(1)) as world, pytest.raises(ConfigError, match=r"task a-task: start\.0: .*Atlantis"):
        Episode(load_task(path), world).start()


def test_a_player_who_is_not_there_is_a_mistake_of_the_task() -> None:
    task: Task = find_task("reach-tradehouse").model_copy(update={"player": "Nobody"})
    with closing(LockstepWorld(1)) as world, pytest.raises(ConfigError, match="player: no player 'Nobody'"):
        Episode(task, world).start()


def test_the_command_line_lists_and_runs_tasks() -> None:
    runner = CliRunner()
    listed = runner.invoke(cli, ["tasks", "list"])
    assert "reach-tradehouse: Walk to Arrille's Tradehouse" in listed.output
    assert {task["id"] for task in json.loads(runner.invoke(cli, ["tasks", "list", "--json"]).output)} == set(
        load_tasks()
    )
    ran = runner.invoke(cli, ["tasks", "run", "take-bread"])
    assert ran.output.startswith("take-bread: score 1.00, ended by success after ")
    outcome = json.loads(runner.invoke(cli, ["tasks", "run", "take-bread", "--seed", "2", "--json"]).output)
    assert (outcome["task"], outcome["agent"], outcome["seed"], outcome["score"]) == ("take-bread", "scripted", 2, 1.0)
    unknown = runner.invoke(cli, ["tasks", "run", "take-cake"])
    assert "no task is called 'take-cake'" in str(unknown.exception)


def test_a_task_of_your_own_is_named_by_its_file(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "environments.md").read_text()
    own = tmp_path / "mine.yaml"
    own.write_text("id: see-fargoth" + page.split("```yaml\nid: see-fargoth")[1].split("```")[0])
    ran = CliRunner().invoke(cli, ["tasks", "run", str(own)])
    assert ran.output.startswith("see-fargoth: score 1.00, ended by success after "), ran
    missing = CliRunner().invoke(cli, ["tasks", "run", str(tmp_path / "other.yaml")])
    assert f"{tmp_path}/other.yaml" in str(missing.exception)

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from tests.disks import small_disk
from tests.fleet import agents
from tests.fleet.test_view import open_files
from tests.waiting import eventually
from timmy_actors.cli.root import cli
from timmy_actors.embedded import LockstepWorld
from timmy_actors.errors import ConfigError, EpisodesUnusableError, HostError
from timmy_actors.fleet import EpisodeResult, Evaluation, describe_scores, draw_scores, evaluate
from timmy_actors.fleet.evaluation import evaluate as evaluating
from timmy_actors.fleet.evaluation.records import EvaluationHead, head_of
from timmy_actors.fleet.evaluation.results import ResultFile
from timmy_actors.fleet.evaluation.summary import bootstrap, summarize, wilson
from timmy_actors.worlds import Episode, ScriptedAgent, find_task, play

pytest.importorskip("lupa.luajit21")

EASY, OTHER = "walk-to-landing", "buy-torches"
HERE = agents.__name__
STARTED_WITHIN_S = 240.0
"""For two generations of processes and an episode: 3 s of computing."""


def result(number: int = 1, ending: str = "success", score: float | None = 1.0, task: str = EASY) -> EpisodeResult:
    fields = {"task": task, "number": number, "seed": number, "ending": ending, "score": score, "real_s": 0.5}
    return EpisodeResult.model_validate(fields)


def head(episodes: int = 9, policy: str = "scripted") -> EvaluationHead:
    return head_of([find_task(EASY)], policy, episodes, 1)


def append_many(file: ResultFile, count: int) -> None:
    for number in range(1, count):
        file.append(result(number))


def lines(folder: Path) -> list[str]:
    return (folder / "episodes.jsonl").read_text().splitlines()


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Evaluation, Path]:
    """Two tasks with two episodes each, over two worlds."""
    folder = tmp_path_factory.mktemp("evaluation")
    return evaluate(folder, tasks=(EASY, OTHER), episodes=2, worlds=2), folder


def test_an_evaluation_has_the_scores_of_single_episodes_and_stores_each_in_a_line(
    evaluation: tuple[Evaluation, Path],
) -> None:
    done, folder = evaluation
    assert (len(done.results), done.planned) == (4, 4)
    assert [EpisodeResult.model_validate_json(line) for line in lines(folder)[1:]] == list(done.results)
    for one in done.results:
        task = find_task(one.task)
        with closing(LockstepWorld(one.seed)) as world:
            state = play(Episode(task, world), ScriptedAgent(task, one.seed))
        assert (one.ending, one.score, one.game_ms) == (state.ending, state.score, state.game_ms)


def test_the_picture_has_a_row_for_each_task(evaluation: tuple[Evaluation, Path]) -> None:
    done, folder = evaluation
    drawn = (folder / "scores.svg").read_text()
    texts = [element.text for element in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert {EASY, OTHER, "all tasks", "1.00 (1.00 to 1.00)"} <= set(texts)
    assert drawn == draw_scores(done.summaries(), "Mean scores of scripted")


def test_an_evaluation_that_is_complete_plays_nothing_again(evaluation: tuple[Evaluation, Path]) -> None:
    done, folder = evaluation
    before = lines(folder)
    seen: list[int] = []
    again = evaluate(
        folder, tasks=(OTHER, EASY), episodes=2, worlds=7, on_result=lambda so_far: seen.append(len(so_far.results))
    )
    assert (again.results, seen, lines(folder)) == (done.results, [4], before)


def test_an_evaluation_whose_process_is_killed_continues_with_what_is_missing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "timmy_actors", "tasks", "evaluate", EASY, "--policy", f"{HERE}:Endless"]
    command += ["--worlds", "2", "--episodes", "3", "--folder", str(tmp_path)]
    file = tmp_path / "episodes.jsonl"
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[2]) as process:
        try:  # one is played, and two are under way
            eventually(lambda: file.exists() and len(lines(tmp_path)) == 2, STARTED_WITHIN_S)
        finally:
            process.kill()
    with file.open("a") as torn:
        torn.write('{"task":"walk-to-l')
    agent = f"{HERE}:Endless"
    with ResultFile(tmp_path, head_of([find_task(EASY)], agent, 3, 1)) as stored:
        assert [key.number for key in stored.results] == [1]
        for number in (2, 3):
            stored.append(result(number))
    done = evaluate(tmp_path, tasks=[EASY], episodes=3, policy=agent)
    assert sorted(one.number for one in done.results) == [1, 2, 3]
    assert len(lines(tmp_path)) == 4


def test_a_world_that_is_killed_or_breaks_truncates_its_episode_and_is_replaced(tmp_path: Path) -> None:
    done = evaluate(tmp_path, tasks=[EASY], episodes=4, worlds=1, policy=f"{HERE}:Deadly")
    by_seed = {one.seed: one for one in done.results}
    killed, broken = by_seed.pop(agents.DEADLY_SEED), by_seed.pop(agents.BREAKING_SEED)
    assert (killed.ending, killed.score, broken.ending, broken.score) == ("lost", None, "lost", None)
    assert "was killed by SIGKILL" in killed.reason
    assert "a script is broken" in broken.reason
    assert [one.ending for one in by_seed.values()] == ["success", "success"]
    row = done.summaries()[-1]
    assert (row.played, row.lost) == (2, 2)
    assert "| 2 | 2 | 1.00" in list(describe_scores([row]))[-1]


def test_too_few_files_for_the_worlds_end_the_evaluation_with_the_remedy(tmp_path: Path) -> None:
    with open_files(8), pytest.raises(HostError, match=r"no process for world \d+ \(Too many open files\): have fewer"):
        evaluate(tmp_path, tasks=[EASY], episodes=9, worlds=9)


def test_an_evaluation_whose_worlds_all_freeze_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluating, "MOST_LOST_IN_A_ROW", 2)
    with pytest.raises(HostError, match=r"2 worlds were lost one after another.*did not end"):
        evaluate(tmp_path, tasks=[EASY], episodes=4, worlds=1, policy=f"{HERE}:Stopped", episode_within_s=0.2)


def test_a_policy_that_raises_ends_the_evaluation_with_the_place(tmp_path: Path) -> None:
    place = rf"{HERE}:Mistaken' failed in episode \d of {EASY}: KeyError: 'no such plan' \(.*agents.py, line \d+"
    with pytest.raises(ConfigError, match=place):
        evaluate(tmp_path, tasks=[EASY], episodes=2, worlds=1, policy=f"{HERE}:Mistaken")
    assert len(lines(tmp_path)) == 1, "the episode does not count as played"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"policy": "clever"}, "policy 'clever': must be one of scripted, random, or MODULE:NAME"),
        ({"policy": "no_such_module:Agent"}, "policy: No module named 'no_such_module': check its name"),
        ({"policy": f"{HERE}:Missing"}, "has no attribute 'Missing'"),
        ({"policy": f"{HERE}:DEADLY_SEED"}, "DEADLY_SEED cannot be called"),
        ({"tasks": ["no-such-task"]}, "no task is called 'no-such-task'"),
        ({"tasks": [EASY, EASY]}, f"'{EASY}' is named twice"),
        ({"tasks": []}, "name at least one"),
        ({"worlds": 0}, "worlds: 0 must be a whole number from 1"),
        ({"episodes": 10_001}, "episodes: 10001 must be"),
        ({"seed": -1}, "seed: -1 must be"),
    ],
)
def test_an_invalid_argument_is_refused_before_anything_is_written(
    arguments: dict[str, object], reason: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=reason):
        evaluate(tmp_path / "new", **arguments)  # type: ignore[arg-type]
    assert not (tmp_path / "new").exists()


def test_two_evaluations_do_not_share_a_folder(tmp_path: Path) -> None:
    with ResultFile(tmp_path, head()), pytest.raises(EpisodesUnusableError, match=r"process \d+ evaluates") as refused:
        evaluate(tmp_path, tasks=[EASY], episodes=9)
    assert refused.value.exit_code == 75
    ResultFile(tmp_path, head()).close()


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (head(episodes=8), "was begun with episodes 9, not 8"),
        (head(policy="random"), 'was begun with policy "scripted", not "random"'),
        (head_of([find_task(OTHER)], "scripted", 9, 1), f'was begun with tasks \\["{EASY}"\\], not \\["{OTHER}"\\]'),
    ],
)
def test_an_evaluation_continues_only_with_its_own_settings(other: EvaluationHead, reason: str, tmp_path: Path) -> None:
    ResultFile(tmp_path, head()).close()
    with pytest.raises(ConfigError, match=reason):
        ResultFile(tmp_path, other)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{}", "line 3 is damaged: task: is required"),
        ("nonsense", "line 3 is damaged"),
        (result(1).model_dump_json(), "line 3 is damaged: episode 1 of 'walk-to-landing' is stored twice"),
        (result(10).model_dump_json(), "not planned"),
        (result(2, task=OTHER).model_dump_json(), "not planned"),
    ],
)
def test_a_damaged_line_is_named(line: str, reason: str, tmp_path: Path) -> None:
    with ResultFile(tmp_path, head()) as file:
        file.append(result(1))
    with (tmp_path / "episodes.jsonl").open("a") as damaged:
        damaged.write(line + "\n")
    with pytest.raises(EpisodesUnusableError, match=reason) as refused:
        ResultFile(tmp_path, head())
    assert refused.value.exit_code == 65


def test_a_full_disk_ends_the_evaluation_and_harms_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path, 16) as disk:
        with ResultFile(disk / "folder", head(episodes=200)) as file:
            ballast = disk / "ballast"
            ballast.write_bytes(b"x" * 4096)
            with pytest.raises(EpisodesUnusableError, match=r"No space left.*after the \d+ episodes") as full:
                append_many(file, 200)
            stored = len(file.results)
        assert full.value.exit_code == 74
        ballast.unlink()
        with ResultFile(disk / "folder", head(episodes=200)) as file:
            assert len(file.results) == stored > 1
            file.append(result(stored + 1))


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EpisodesUnusableError, match="cannot be written") as refused:
        ResultFile(tmp_path / "file" / "folder", head())
    assert refused.value.exit_code == 73


def test_the_intervals_contain_their_values_and_shrink_with_the_number_of_episodes() -> None:
    assert str(wilson(5, 5)) == "1.00 (0.57 to 1.00)"
    assert str(wilson(0, 5)) == "0.00 (0.00 to 0.43)"
    few, many = bootstrap([[0.0, 0.5, 1.0]]), bootstrap([[0.0, 0.5, 1.0] * 30])
    assert few.value == many.value == 0.5
    assert few.low < many.low < 0.5 < many.high < few.high
    assert bootstrap([[0.0, 0.0], [1.0]]).value == 0.5, "each task weighs the same"


def test_episodes_without_a_score_are_counted_and_have_no_part_in_the_mean() -> None:
    rows = summarize([result(1, score=0.5, ending="time"), result(2, ending="lost", score=None)], [EASY, OTHER])
    easy, other, everything = rows
    assert easy.score is not None
    assert (easy.played, easy.lost, easy.score.value) == (1, 1, 0.5)
    assert (other.played, other.score, other.success) == (0, None, None)
    assert everything.score == easy.score
    assert "no episode" in draw_scores(rows, "a < b & c")
    ElementTree.fromstring(draw_scores(rows, "a < b & c"))


def test_the_command_prints_the_table_and_the_lost_episodes(
    evaluation: tuple[Evaluation, Path], tmp_path: Path
) -> None:
    done, folder = evaluation
    arguments = ["tasks", "evaluate", EASY, OTHER, "--episodes", "2", "--folder", str(folder)]
    shown = CliRunner().invoke(cli, arguments)
    assert shown.output.splitlines()[-5:] == list(describe_scores(done.summaries()))
    rows = json.loads(CliRunner().invoke(cli, [*arguments, "--json"]).stdout)
    assert rows[-1]["task"] == "all tasks"
    assert rows[0]["score"] == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_no_process_is_left_when_the_caller_ends_early(tmp_path: Path) -> None:
    def stop(_: Evaluation) -> None:
        if len(lines(tmp_path)) > 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(tmp_path, tasks=[EASY], episodes=3, policy=f"{HERE}:Endless", on_result=stop)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

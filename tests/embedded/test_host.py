from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.supervision.lifecycles import PATIENCE_S, Tree
from tests.waiting import eventually
from timmy_actors.daemon import SharedState
from timmy_actors.embedded import host
from timmy_actors.embedded.host import WorldHostActor, WorldOptions
from timmy_actors.embedded.settings import parse
from timmy_actors.errors import GaveUpError, RefusedError, StartFailedError, WorldGoneError
from timmy_actors.protocol import ClockCall, WorldClock, WorldStatus
from timmy_actors.supervision import Backoff, ChildSpec, ChildState, Entry
from timmy_actors.supervision.sockets import SourceFailed
from timmy_actors.system import how_it_ended, make_token_file

READY = 'import os; print(\'{"ready": true, "pid": %d, "port": 7979}\' % os.getpid(), flush=True)\n'
UNTIL_THE_LIFELINE_ENDS = "import sys; os.read(int(sys.argv[1]), 1)\n"


@dataclass(frozen=True)
class Script(WorldOptions):
    """Runs another program instead of the world."""

    program: str = ""

    def command_line(self, lifeline: int) -> list[str]:
        return [sys.executable, "-S", "-c", self.program, str(lifeline)]


class World:
    """A world host under a supervisor that restarts it, as in the daemon."""

    def __init__(self, options: WorldOptions, *, again: bool = True) -> None:
        self.shared = SharedState()
        pause = Backoff(base_s=0.001, cap_s=0.01) if again else Backoff(base_s=1e6, cap_s=1e6)
        self.tree = Tree(
            ChildSpec(
                "world",
                lambda: WorldHostActor(options, status=self.shared.world),
                expected=(WorldGoneError,),
                backoff=pause,
            )
        )

    @property
    def status(self) -> WorldStatus:
        status = self.shared.world.value
        return status if status is not None else WorldStatus(state="down")

    @property
    def entry(self) -> Entry:
        return self.tree.directory.entries["world"]

    def up(self, *, other_than: int | None = None) -> int:
        """Wait until the world is up; the id of its process."""

        def look() -> bool:
            return self.status.state == "up" and self.status.pid != other_than and self.entry.state is ChildState.UP

        eventually(look)
        assert self.status.pid is not None
        return self.status.pid

    def ended_because(self, reason: str) -> None:
        """Wait until an incarnation has ended with `reason` in its message."""
        eventually(lambda: "world" in self.tree.directory.entries and reason in (self.entry.last_reason or ""))


@pytest.fixture
def options(tmp_path: Path) -> WorldOptions:
    make_token_file(tmp_path / "token")
    return WorldOptions(port=0, token_file=tmp_path / "token", seed=1, allow_raw=False)


def script(program: str) -> Script:
    return Script(port=0, token_file=Path("token"), seed=1, allow_raw=False, program=program)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_world_comes_up_in_a_session_of_its_own_and_reports_where_it_listens(options: WorldOptions) -> None:
    world = World(options)
    with world.tree:
        pid = world.up()
        assert os.getsid(pid) == pid != os.getsid(0)
        assert world.status.port
        assert world.status.token_file == str(options.token_file)
    assert gone(pid)
    assert world.status.state == "down"


def test_a_killed_world_comes_back_as_another_process(options: WorldOptions) -> None:
    world = World(options)
    with world.tree:
        first = world.up()
        os.kill(first, signal.SIGKILL)
        second = world.up(other_than=first)
        assert (world.entry.restarts, gone(first)) == (1, True)
        assert "was killed by SIGKILL" in (world.entry.last_reason or "")
    assert gone(second)


def test_a_world_that_cannot_start_reports_the_end_of_its_log(options: WorldOptions) -> None:
    options.token_file.write_text("short")
    world = World(options, again=False)
    with world.tree:
        world.ended_because("its log ends with: ")
        assert "exited with code" in (world.entry.last_reason or "")
        assert "token" in (world.entry.last_reason or "")


def test_a_frozen_world_is_left_alone_and_ends_with_the_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "STOP_WITHIN_S", 0.1)
    world = World(script(READY + UNTIL_THE_LIFELINE_ENDS))
    with world.tree:
        pid = world.up()
        os.kill(pid, signal.SIGSTOP)
        assert world.tree.directory.ask("world", "are you busy?", timeout_s=PATIENCE_S).wait() is None
        assert (world.entry.restarts, world.status.pid) == (0, pid)
    assert gone(pid)


def test_a_frozen_world_ends_with_an_actor_that_failed_and_another_takes_its_place(
    options: WorldOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "STOP_WITHIN_S", 0.1)
    world = World(options)
    with world.tree:
        frozen = world.up()
        os.kill(frozen, signal.SIGSTOP)
        world.tree.directory.tell("world", SourceFailed("out", OSError("gone")))
        second = world.up(other_than=frozen)
        assert (gone(frozen), gone(second)) == (True, False)
        assert world.tree.directory.ask("world", "are you busy?", timeout_s=PATIENCE_S).wait() is None
        assert (world.entry.restarts, world.status.pid) == (1, second)


def ask_clock(world: World) -> WorldClock:
    clock: WorldClock = world.tree.directory.ask("world", ClockCall(), timeout_s=PATIENCE_S).wait()
    return clock


@pytest.mark.parametrize(
    ("answer", "reason"),
    [("{}", "the world's answer is empty"), ('{"error": {"code": "game_refused", "message": "no"}}', "^no$")],
)
def test_a_clock_call_that_the_process_refuses_ends_nothing(answer: str, reason: str) -> None:
    world = World(script(READY + f"input(); print({answer!r}, flush=True)\n" + UNTIL_THE_LIFELINE_ENDS))
    with world.tree:
        world.up()
        with pytest.raises(RefusedError, match=reason):
            ask_clock(world)
        assert world.entry.restarts == 0


def test_an_answer_that_cannot_be_read_and_an_end_refuse_the_waiting_clock_calls() -> None:
    world = World(script(READY + "input(); print('tick', flush=True)\n" + UNTIL_THE_LIFELINE_ENDS), again=False)
    with world.tree:
        world.up()
        with pytest.raises(RefusedError, match="ended before it answered"):
            ask_clock(world)
        world.ended_because("printed something other than an answer: 'tick'")


def test_a_world_that_ignores_the_request_to_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "STOP_WITHIN_S", 0.1)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    world = World(script(deaf + READY + "signal.pause(); signal.pause()"))
    with world.tree:
        pid = world.up()
    assert gone(pid)


def test_a_world_inherits_only_its_lifeline() -> None:
    world = World(script(READY + UNTIL_THE_LIFELINE_ENDS))
    with world.tree:
        inherited = [descriptor for descriptor in descriptors(world.up()) if descriptor > 2]
    assert len(inherited) == 1


def descriptors(process: int | str) -> list[int]:
    """The open file descriptors of a process."""
    return [int(entry.name) for entry in Path(f"/proc/{process}/fd").iterdir()]


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import sys; sys.stderr.write('one\\ntwo'); sys.exit(3)", "exited with code 3; its log ends with: one | two"),
        ("print('hello', flush=True); input()", "printed something other than its ready line: 'hello'"),
        ("print('{\"ready\": false}', flush=True)", "printed something other than its ready line"),
        (READY + "print('again', flush=True)\n" + UNTIL_THE_LIFELINE_ENDS, "printed something other"),
        ("import os; os.kill(os.getpid(), 11)", "was killed by SIGSEGV"),
        ("pass", "exited with code 0"),
    ],
)
def test_a_world_that_fails_is_reported_and_restarted(program: str, reason: str) -> None:
    world = World(script(program))
    with world.tree:
        world.ended_because(reason)
        eventually(lambda: world.entry.restarts >= 2)
        assert world.tree.life.downs == []


@pytest.mark.parametrize("code", [69, 78])
def test_a_world_that_cannot_run_here_is_a_failed_start_with_the_end_of_its_log(code: int) -> None:
    world = World(script(f"import sys; sys.stderr.write('no LuaJIT'); sys.exit({code})"))
    with world.tree:
        failure = world.tree.ended()
        assert isinstance(failure, StartFailedError)
        assert f"exited with code {code}; its log ends with: no LuaJIT" in str(failure)


def test_a_world_that_cannot_run_any_more_is_given_up_with_the_end_of_its_log() -> None:
    world = World(script(READY + "os._exit(78)"))
    with world.tree:
        assert isinstance(world.tree.ended(), GaveUpError)
        assert "exited with code 78" in (world.entry.last_reason or "")


def test_a_world_that_closes_its_output_and_lives_on_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "STOP_WITHIN_S", 0.1)
    world = World(script(READY + "os.close(1)\n" + UNTIL_THE_LIFELINE_ENDS), again=False)
    with world.tree:
        pid = world.up()
        world.ended_because("closed its output")
        eventually(lambda: gone(pid))


def test_a_world_that_never_prints_its_ready_line_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "READY_WITHIN_S", 0.1)
    world = World(script("import os\n" + UNTIL_THE_LIFELINE_ENDS), again=False)
    with world.tree:
        world.ended_because("did not come up within 0.1 s")


def test_a_ready_line_in_pieces_is_joined() -> None:
    piecewise = (
        "import os, time\n"
        'text = b\'{"ready": true, "pid": %d, "port": 7979}\\n\' % os.getpid()\n'
        "for byte in text: os.write(1, bytes([byte]))\n"
    )
    world = World(script(piecewise + UNTIL_THE_LIFELINE_ENDS))
    with world.tree:
        world.up()
        assert world.status.port == 7979


def test_a_missing_program_is_reported() -> None:
    class Missing(Script):
        def command_line(self, lifeline: int) -> list[str]:
            return ["/nowhere/python"]

    world = World(Missing(port=0, token_file=Path("token"), seed=1, allow_raw=False), again=False)
    with world.tree:
        world.ended_because("cannot be started")


def test_a_world_that_flaps_leaves_no_descriptor_behind() -> None:
    world = World(script("pass"))
    with world.tree:
        eventually(lambda: "world" in world.tree.directory.entries and world.entry.restarts >= 3)
        before = len(descriptors("self"))
        eventually(lambda: world.entry.restarts >= 15)
        # Those of one incarnation, which may be restarting now; what leaked would never be closed.
        eventually(lambda: len(descriptors("self")) <= before + 8)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (0, "exited with code 0"),
        (3, "exited with code 3"),
        (-9, "was killed by SIGKILL"),
        (-200, "was killed by signal 200"),
    ],
)
def test_an_exit_code_is_described(code: int, reason: str) -> None:
    assert how_it_ended(code).startswith(reason)


def test_its_arguments_are_what_the_settings_say(options: WorldOptions) -> None:
    line = options.command_line(7)
    assert line[1:3] == ["-m", "timmy_actors.embedded"]
    assert "--allow-raw" not in line
    assert line[line.index("--lifeline") + 1] == "7"
    raw = WorldOptions(port=1, token_file=options.token_file, seed=5, allow_raw=True).command_line(7)
    assert "--allow-raw" in raw
    assert raw[raw.index("--seed") + 1] == "5"
    assert "--plugin" not in raw
    land = WorldOptions(port=1, token_file=options.token_file, seed=5, allow_raw=True, plugin=Path("land.esp"))
    assert parse(land.command_line(7)[3:]).plugin == Path("land.esp")

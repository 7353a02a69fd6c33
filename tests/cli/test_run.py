from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_async_writer import fill
from tests.peer import Peer
from tests.runtimes import link_up, running
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import connect
from timmy_actors.daemon import RecordingSettings
from timmy_actors.recording import read_flight
from timmy_actors.system import config_folder


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """The configuration of a daemon for a scripted peer; the test writes it."""
    return tmp_path / "timmy.toml"


def write(configuration: Path, peer: Peer) -> None:
    configuration.write_text(
        f'portals_file = "{config_folder() / "portals.json"}"\n'
        f'[world]\nembedded = false\n[link]\naddress = "{peer.address}"\nmechanism = "null"\n'
    )


def start(configuration: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "timmy_actors", "run", "--log-format", "text", "--config", str(configuration)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} ")


def unstamped(text: str) -> list[str]:
    """The lines of a text, each without its time, which must be there."""
    lines = text.splitlines()
    assert [line for line in lines if STAMP.match(line) is None] == []
    return [STAMP.sub("", line, count=1) for line in lines]


def lines_until(process: subprocess.Popen[str], text: str) -> list[str]:
    """The lines that a process prints, up to the one that contains `text`, each without its time."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines += unstamped(line.rstrip())
        if text in line:
            return lines
    raise AssertionError(f"the process ended before it printed {text!r}: {lines}")


def test_the_foreground_prints_its_state_in_a_few_lines_and_stops_on_a_signal(configuration: Path) -> None:
    with Peer() as peer:
        write(configuration, peer)
        with start(configuration) as process:
            lines = lines_until(process, "look further")
            assert [line.split("  ")[0] for line in lines] == [
                "link up", "portal", "snapshot", "endpoint", "look further",
            ]  # fmt: skip
            assert f"link up       {peer.address} in " in lines[0]
            assert "Timmy stands in Seyda Neen" in lines[2]
            _second_daemon_is_refused(configuration, process.pid)
            process.send_signal(signal.SIGTERM)
            output, complaints = process.communicate(timeout=2 * PATIENCE_S)
            assert (process.returncode, unstamped(output), complaints) == (0, ["stopping ...", "stopped"], "")


def test_a_daemon_whose_reader_has_gone_goes_on_and_stops_in_order(configuration: Path) -> None:
    with Peer() as peer:
        write(configuration, peer)
        with start(configuration) as process:
            lines_until(process, "look further")
            assert process.stdout is not None
            process.stdout.close()
            process.stdout = None
            peer.__exit__()
            with Peer(port=peer.port), connect() as daemon:
                eventually(lambda: (link := daemon.status().link).state == "up" and link.epoch > 1)
                process.send_signal(signal.SIGTERM)
                _, complaints = process.communicate(timeout=2 * PATIENCE_S)
    assert process.returncode == 0
    assert complaints.count("standard output cannot be written (Broken pipe)") == 1
    assert complaints.count("\n") == 1


@pytest.mark.parametrize("stuck", ["stdout", "stderr"])
def test_a_daemon_whose_reader_is_stuck_goes_on_and_ends_on_a_signal(
    configuration: Path, runtime_folder: Path, stuck: str
) -> None:
    reading, writing = os.pipe()
    fill(writing)
    with Peer() as peer:
        write(configuration, peer)
        configuration.write_text('log_level = "debug"\n' + configuration.read_text())
        command = [sys.executable, "-m", "timmy_actors", "run", "--config", str(configuration)]
        streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stuck: writing}
        process = subprocess.Popen(command, **streams)  # type: ignore[call-overload]
        try:
            eventually((runtime_folder / "timmy-actors" / "daemon.sock").exists)
            eventually(lambda: peer.count("subscribe"))
            peer.__exit__()
            with Peer(port=peer.port), connect() as daemon:
                eventually(lambda: (link := daemon.status().link).state == "up" and link.epoch > 1)
                process.terminate()
                assert process.wait(2 * PATIENCE_S) == 0
        finally:  # a daemon that ignored the signal would outlive the test
            process.kill()
            process.wait()
            os.close(reading)
            os.close(writing)


def _second_daemon_is_refused(configuration: Path, first: int) -> None:
    with start(configuration) as second:
        output, complaints = second.communicate(timeout=2 * PATIENCE_S)
    assert (second.returncode, output) == (69, "")
    assert f"process {first}" in complaints
    assert complaints.count("\n") == 1


def test_a_killed_daemon_leaves_nothing_that_keeps_the_next_from_starting(configuration: Path) -> None:
    with Peer() as peer:
        write(configuration, peer)
        with start(configuration) as process:
            lines_until(process, "snapshot")
            process.kill()
        with start(configuration) as again:
            lines_until(again, "snapshot")
            with connect() as daemon:
                assert daemon.status().pid == again.pid
            again.send_signal(signal.SIGINT)
            again.communicate(timeout=2 * PATIENCE_S)
            assert again.returncode == 0


def test_a_lost_link_and_its_return_are_printed(configuration: Path) -> None:
    with Peer() as peer:
        write(configuration, peer)
        with start(configuration) as process:
            lines_until(process, "look further")
            peer.__exit__()
            assert f"link down     {peer.address}: " in lines_until(process, "link down")[-1]
            with Peer(port=peer.port):
                lines_until(process, "link up")
                process.terminate()
                process.communicate(timeout=2 * PATIENCE_S)
            assert process.returncode == 0


def test_a_wrong_configuration_ends_it_with_78_and_one_line(configuration: Path) -> None:
    configuration.write_text("playr = 5\n")
    with start(configuration) as process:
        output, complaints = process.communicate(timeout=2 * PATIENCE_S)
    assert (process.returncode, output) == (78, "")
    assert complaints.startswith(f"timmy-actors: {configuration}, line 1: playr: no such key; there are: ")
    assert complaints.count("\n") == 1


UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
"""Without this capability a folder's mode applies to root as well."""


@pytest.mark.parametrize("world", ["embedded", "server"])
@pytest.mark.parametrize("there", ["the folder", "its parent"])
def test_a_state_folder_that_cannot_be_written_ends_it_with_73_and_one_line(
    configuration: Path, runtime_folder: Path, there: str, world: str
) -> None:
    with Peer() as peer:
        write(configuration, peer)
        if world == "embedded":
            configuration.write_text("")
        parent = runtime_folder if world == "embedded" else runtime_folder / "state"
        folder = parent if there == "its parent" else parent / "timmy-actors"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o500)
        try:
            command = [*UNPRIVILEGED, sys.executable, "-m", "timmy_actors", "run", "--config", str(configuration)]
            run = subprocess.run(
                [*command, "--endpoint", f"ipc://{_beside(runtime_folder, world)}/daemon.sock"],
                capture_output=True, text=True, timeout=6 * PATIENCE_S, check=False,
            )  # fmt: skip
        finally:
            folder.chmod(0o700)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (73, "", 1), run.stderr
    assert str(parent / "timmy-actors") in run.stderr


def _beside(runtime_folder: Path, world: str) -> Path:
    """The folder of the socket: with the embedded world the daemon's other files are there too."""
    return runtime_folder / ("timmy-actors" if world == "embedded" else "socket")


def test_a_daemon_whose_tree_gave_up_ends_with_70(configuration: Path) -> None:
    with Peer() as peer:
        write(configuration, peer)
        program = f"""
import sys, threading
from timmy_actors.cli import main, operate
from timmy_actors.supervision.sockets import Arrived
class Crashing(operate.StatusPrinter):
    def look(self):
        self._runtime.directory.tell("gateway", Arrived("clients", []))
operate.StatusPrinter = Crashing
main(["run", "--log-format", "text", "--config", {str(configuration)!r}])
"""
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 70
    assert "timmy-actors: the daemon gave up: root gave up: 4 failures within 5 s" in run.stderr
    *_, dumped, reported = run.stderr.splitlines()
    assert re.search(r"^  crash report: \S+\.json$", reported)
    recording = re.fullmatch(r"  flight recording: (\S+\.jsonl)", dumped)
    assert recording is not None
    assert isinstance(read_flight(Path(recording[1])), list)


def test_a_recording_of_the_flight_recorder_is_played_as_a_world(configuration: Path, tmp_path: Path) -> None:
    with Peer() as peer, running(peer.address, recording=RecordingSettings(folder=str(tmp_path / "e"))) as runtime:
        link_up(runtime)
        write(configuration, peer)
        dump = runtime.dump_flight()
    command = [sys.executable, "-m", "timmy_actors", "run", "--log-format", "text", "--config", str(configuration)]
    command += ["--endpoint", f"ipc://{tmp_path}/socket", "--world", f"replay:{dump.path}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert any(line.startswith("link up") for line in lines_until(process, "link up"))
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_the_world_comes_up_stops_it_in_order(configuration: Path, number: signal.Signals) -> None:
    configuration.write_text(f'portals_file = "{config_folder() / "portals.json"}"\n')
    program = f"""
import sys
from timmy_actors.embedded.host import WorldOptions
from timmy_actors.cli import main
mute = "import os, sys; os.read(int(sys.argv[1]), 1)"
WorldOptions.command_line = lambda _self, lifeline: [sys.executable, "-c", mute, str(lifeline)]
main(["run", "--config", {str(configuration)!r}, "--endpoint", "ipc://daemon.sock"])
"""
    command = [sys.executable, "-c", program]
    folder = configuration.parent
    folder.chmod(0o700)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder) as process:
        eventually((folder / "daemon.sock.world-token").exists)
        process.send_signal(number)
        output, complaints = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, unstamped(output), complaints) == (0, ["stopping ...", "stopped"], "")


@pytest.mark.parametrize("level", ["info", "debug"])
def test_a_start_that_fails_is_one_line_and_its_tracebacks_are_for_debugging(configuration: Path, level: str) -> None:
    with Peer() as peer:
        write(configuration, peer)
        configuration.write_text(f'log_level = "{level}"\n' + configuration.read_text())
        program = f"""
from timmy_actors.portals.actor import PortalActor
from timmy_actors.cli import main
def fail(_self):
    raise ValueError("no such portal")
PortalActor.on_start = fail
main(["run", "--log-format", "text", "--config", {str(configuration)!r}])
"""
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stdout) == (70, "")
    assert run.stderr.endswith(
        "timmy-actors: portals did not start: portal did not start: ValueError: no such portal\n"
    )
    assert ("Traceback" in run.stderr, run.stderr.count("\n") == 1) == (level == "debug", level != "debug")


def test_an_interrupt_before_the_link_is_up_stops_it_in_order(configuration: Path) -> None:
    with Peer(silent_to={"hello"}) as peer:
        write(configuration, peer)
        with start(configuration) as process:
            eventually(lambda: peer.count("hello"))
            os.kill(process.pid, signal.SIGINT)
            process.communicate(timeout=2 * PATIENCE_S)
            assert process.returncode == 0


def test_a_signal_that_comes_while_the_foreground_holds_an_events_lock_stops_it(configuration: Path) -> None:
    program = f"""
import signal, threading
from timmy_actors.cli import main

wait = threading.Event.wait

def wait_at_the_worst_moment(event, timeout=None):
    if threading.current_thread() is threading.main_thread():
        with event._cond:
            signal.raise_signal(signal.SIGTERM)
    return wait(event, timeout)

threading.Event.wait = wait_at_the_worst_moment
main(["run", "--log-format", "text", "--config", {str(configuration)!r}])
"""
    with Peer() as peer:
        write(configuration, peer)
        run = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, timeout=2 * PATIENCE_S, check=False
        )
    assert (run.returncode, unstamped(run.stdout)[-1]) == (0, "stopped")


def test_a_daemon_under_nohup_outlives_its_terminal(configuration: Path) -> None:
    with Peer() as peer:
        write(configuration, peer)
        command = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", sys.executable, "-m", "timmy_actors", "run"]
        with subprocess.Popen([*command, "--config", str(configuration)], stdout=subprocess.PIPE, text=True) as process:
            lines_until(process, "look further")
            process.send_signal(signal.SIGHUP)
            with connect() as daemon:
                assert daemon.status().pid == process.pid
            process.terminate()
            assert unstamped(process.communicate(timeout=2 * PATIENCE_S)[0]) == ["stopping ...", "stopped"]


STUCK = r"""
import logging, threading
from timmy_actors.cli import main, operate
from timmy_actors.supervision.watchdog import stack_of
class Logging(operate.StatusPrinter):
    def look(self):
        if not getattr(self, "over", False):
            self.over = True
            logging.error("it is stuck in\n%s", stack_of(threading.main_thread()))
            try:
                raise ValueError("a line\nand another")
            except ValueError:
                logging.exception("it failed")
        super().look()
operate.StatusPrinter = Logging
main(["run", "--log-format", "text", "--config", {configuration!r}])
"""


def test_stacks_and_tracebacks_are_lines_and_every_line_has_its_time_and_level(configuration: Path) -> None:
    with Peer() as peer:
        write(configuration, peer)
        program = [sys.executable, "-c", STUCK.format(configuration=str(configuration))]
        with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            lines_until(process, "look further")
            process.terminate()
            _, complaints = process.communicate(timeout=2 * PATIENCE_S)
    lines = unstamped(complaints)
    assert [line for line in lines if not line.startswith("ERROR   ")] == []
    assert lines[0] == "ERROR   it is stuck in"
    assert any(re.match(r'ERROR       File "<string>", line \d+, in look', line) for line in lines)
    assert lines[-2:] == ["ERROR     ValueError: a line", "ERROR     and another"]
    assert "\ufffd" not in complaints


INTERRUPTED_LOADING = """
import sys

class Interrupts:
    def find_spec(self, name, *_):
        if name == {module!r}:
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupts())
from timmy_actors.cli import main
main(["run"])
"""


@pytest.mark.parametrize("module", ["timmy_actors.cli.root", "timmy_actors.cli.operate"])
def test_ctrl_c_while_the_program_is_still_loaded_ends_it_silently(module: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED_LOADING.format(module=module)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (130, "")

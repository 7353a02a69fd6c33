"""Counts what one `teleport` and one capture take in the daemon: `python -m tools.call_counts`, needs Xvfb.

Each call is made many times: what happens in every run belongs to it, the rest (heartbeats, perceptions, timers)
happens beside it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks import portal
from timmy_actors import Runtime
from timmy_actors.daemon import JournalSettings, Settings
from tools.call_counter import CallCounter, Run, summary

RUNS = 30
HEAD = (
    "| | functions | calls | messages between actors | wake-ups of event loops | threads |\n|---|---|---|---|---|---|"
)


def main() -> None:
    """Print the table, then the messages and threads of each call."""
    counter = CallCounter()
    with tempfile.TemporaryDirectory(prefix="ta-") as name, ExitStack() as stack:
        counter.install()
        stack.callback(counter.remove)
        teleport = summary("`teleport`", _count(counter, _teleport(stack, Path(name))))
        capture = summary("capture", _count(counter, _capture(stack, Path(name))))
    print(HEAD)
    for result in (teleport, capture):
        print(result.row())
    for result in (teleport, capture):
        print(f"\n{result.name}: {dict(result.messages)}; {', '.join(result.threads)}")


def _count(counter: CallCounter, call: Callable[[], object]) -> list[Run]:
    runs = []
    for _ in range(RUNS):
        with counter.counting() as run:
            call()
        runs.append(run)
    return runs


def _teleport(stack: ExitStack, folder: Path) -> Callable[[], object]:
    settings = Settings(journal=JournalSettings(file=f"{folder}/journal"))
    runtime = stack.enter_context(Runtime(settings, folder=folder, endpoint=f"ipc://{folder}/daemon.sock"))
    runtime.wait_ready()
    return lambda: runtime.command("teleport", to="Balmora")


def _capture(stack: ExitStack, folder: Path) -> Callable[[], object]:
    display = stack.enter_context(portal.screen())
    stack.enter_context(portal.window("game", display))
    return portal.states(stack, display, folder)


if __name__ == "__main__":
    main()

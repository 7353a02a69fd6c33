"""Evaluates on a Ray cluster of three nodes; one is removed, and worlds are killed at random. Prints JSON."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
from pathlib import Path

from ray.cluster_utils import Cluster

from timmy_actors.fleet import Evaluation, evaluate

TASKS = ("return-ledger", "slip-past-guard", "buy-torches")
EPISODES, WORLDS, KILLS, NODES = 8, 3, 4, 3
TRIES = 8
TITLE, PLAYING = "ray::RayWorld", "ray::RayWorld.play"


def processes() -> dict[int, tuple[int, str]]:
    """The parents and titles of all processes."""
    known = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            known[int(entry.name)] = parent, (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
    return known


def own_worlds(begins: str = TITLE) -> list[int]:
    """The processes of worlds that descend from this one, by the beginning of their titles."""
    known = processes()

    def descends(pid: int) -> bool:
        while pid in known and pid != os.getpid():
            pid = known[pid][0]
        return pid == os.getpid()

    return sorted(pid for pid, (_, title) in known.items() if title.startswith(begins) and descends(pid))


def add_node(cluster: Cluster) -> object:
    """Add a node; Ray gives it 30 s, which is not enough on a busy machine."""
    for _ in range(TRIES):
        try:
            return cluster.add_node(num_cpus=1, include_dashboard=False)
        except Exception as error:
            if "timed out during startup" not in str(error):
                raise
    raise TimeoutError(f"no node started in {TRIES} tries")


def main(folder: Path, seed: int) -> None:
    """Evaluate into the folder."""
    before = signal.getsignal(signal.SIGTERM)
    cluster = Cluster()
    nodes = [add_node(cluster) for _ in range(NODES)][1:]  # not the head, which the others need
    after_cluster = signal.getsignal(signal.SIGTERM)
    chance = random.Random(seed)
    killed: list[int] = []
    ended = threading.Event()

    def kill_worlds() -> None:
        while len(killed) < KILLS and not ended.wait(chance.uniform(0.2, 1.5)):
            worlds = own_worlds(PLAYING)
            if worlds:
                killed.append(chance.choice(worlds))
                os.kill(killed[-1], signal.SIGKILL)

    def remove_node(so_far: Evaluation) -> None:
        if len(nodes) == NODES - 1 and len(so_far.results) >= 3:
            cluster.remove_node(nodes.pop())

    killer = threading.Thread(target=kill_worlds)
    killer.start()
    try:
        done = evaluate(
            folder, tasks=TASKS, episodes=EPISODES, worlds=WORLDS, ray=cluster.address, on_result=remove_node
        )
    finally:
        ended.set()
        killer.join()
        restored = signal.getsignal(signal.SIGTERM) is after_cluster
        cluster.shutdown()
    left = own_worlds()
    signal.signal(signal.SIGTERM, before)
    results = [result.model_dump() for result in done.results]
    print(
        json.dumps(
            {"results": results, "planned": done.planned, "killed": len(killed), "nodes": len(nodes), "left": left,
             "restored": restored}
        )
    )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

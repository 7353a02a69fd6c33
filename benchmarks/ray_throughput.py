"""Episodes a second on Ray, and of the same worlds in processes without it. Runs in an environment with Ray."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time

TASK, POLICY = "take-bread", "random"
"""Its episodes are 160 steps, by the time limit."""
ROUNDS = 3
EPISODES = 8
"""Of each world in a round."""


def episodes_a_second(worlds: int, ray: str | None) -> float:
    """How fast episodes end, from the first one that does: the worlds' start does not count."""
    from timmy_actors.fleet import Evaluation, evaluate  # noqa: PLC0415  Ray's environment

    ended: list[float] = []

    def note(_: Evaluation) -> None:
        ended.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        evaluate(
            folder, tasks=[TASK], policy=POLICY, worlds=worlds, episodes=EPISODES * worlds, ray=ray, on_result=note
        )
    first, last = ended[worlds], ended[-1]  # the first call reports the start
    return (len(ended) - 1 - worlds) / (last - first)


def main() -> None:
    """Print a line of JSON for each number of worlds: 1, 2, ... up to twice the cores."""
    import ray  # noqa: PLC0415  Ray's environment

    cores = os.cpu_count() or 1
    ray.init(address="local", num_cpus=cores, include_dashboard=False, log_to_driver=False)
    for worlds in [int(text) for text in sys.argv[1:]] or [1, cores, 2 * cores]:
        rounds = [(episodes_a_second(worlds, "local"), episodes_a_second(worlds, None)) for _ in range(ROUNDS)]
        row = {"worlds": worlds, "ray": [on for on, _ in rounds], "local": [without for _, without in rounds]}
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()
    ray.shutdown()


if __name__ == "__main__":
    main()

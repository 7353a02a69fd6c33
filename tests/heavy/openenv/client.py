# mypy: ignore-errors
"""Plays the actions on standard input through OpenEnv's own client, and prints what it got. Runs in its environment."""

from __future__ import annotations

import json
import sys
from typing import Any

from openenv.core.generic_client import GenericEnvClient


def main() -> None:
    """Play."""
    options: dict[str, Any] = json.load(sys.stdin)
    played: dict[str, Any] = {"rewards": [], "errors": []}
    with GenericEnvClient(base_url=options["url"], headers=options["headers"]).sync() as env:
        begun = env.reset(seed=options["seed"], episode_id="heavy")
        played["goal"], played["begun"] = begun.observation["goal"], [begun.reward, begun.done]
        try:
            env.step({"action": "no such action"})
        except RuntimeError as error:
            played["errors"].append(str(error))
        for action in options["actions"]:
            result = env.step({"action": action})
            played["rewards"].append(result.reward)
        played |= {"done": result.done, "metadata": result.metadata, "state": env.state()}
    try:
        with GenericEnvClient(base_url=options["url"]).sync() as stranger:
            stranger.reset()
    except ConnectionError as error:
        played["errors"].append(str(error))
    sys.stdout.write(json.dumps(played) + "\n")


if __name__ == "__main__":
    main()

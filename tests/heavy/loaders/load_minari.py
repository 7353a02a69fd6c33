# mypy: ignore-errors
"""Loads a data set with Minari's library, and prints each episode."""

import json
import sys

import minari

data = minari.load_dataset(sys.argv[1])
sys.stdout.write(json.dumps({"episodes": data.total_episodes, "steps": data.total_steps}) + "\n")
for episode in data.iterate_episodes():
    columns = ("observations", "actions", "rewards", "terminations", "truncations")
    line = {name: getattr(episode, name).tolist() for name in columns}
    sys.stdout.write(json.dumps({**line, "beats": episode.infos["beat"].tolist()}) + "\n")
    assert all(each in data.observation_space for each in episode.observations)
    assert all(each in data.action_space for each in episode.actions)

# mypy: ignore-errors
"""Loads a data set with LeRobot's library, and prints what it is, then each frame, then a batch of its data loader."""

import json
import sys

import torch

# torchvision has no build for the CPU alone, so that its operators are missing; LeRobot needs none of them.
operators = torch.library.Library("torchvision", "DEF")
for name in ("nms", "qnms"):
    operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from lerobot.datasets.lerobot_dataset import LeRobotDataset  # noqa: E402

data = LeRobotDataset("timmy/beats", root=sys.argv[1])
about = {
    "episodes": data.num_episodes,
    "frames": len(data),
    "fps": data.fps,
    "action": data.meta.names["action"],
    "stats": sorted(data.meta.stats),
    "lengths": [episode["length"] for episode in data.meta.episodes],
}
sys.stdout.write(json.dumps(about) + "\n")
for frame in data:
    line = {
        key: value.tolist()
        for key, value in frame.items()
        if key not in data.meta.camera_keys and hasattr(value, "tolist")
    }
    line["texts"] = {key: value for key, value in frame.items() if isinstance(value, str)}
    line["pictures"] = {key: [*frame[key].shape, *frame[key].mean((1, 2)).tolist()] for key in data.meta.camera_keys}
    sys.stdout.write(json.dumps(line) + "\n")
windowed = LeRobotDataset("timmy/beats", root=sys.argv[1], delta_timestamps={"action": [0.0, 1.0 / data.fps]})
batch = next(iter(torch.utils.data.DataLoader(windowed, batch_size=len(windowed))))
sys.stdout.write(json.dumps({"batch": list(batch["action"].shape), "padded": batch["action_is_pad"].tolist()}) + "\n")

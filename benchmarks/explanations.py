"""Why a figure misses its goal, by room and figure: printed on the page while it does."""

from __future__ import annotations

EXPLANATIONS: dict[str, dict[str, str]] = {
    "portal": {
        "capture_state, 1920x1080 JPEG and the rest": (
            "a tool on the same SDK that saves the same picture and does nothing else is above the goal, too: the row "
            "before it. The SDK's round trip over standard input and output is part of every capture."
        ),
        "capture_state of a covered window, the same": (
            "runs on a quiet machine gave 1.39 to 1.58 x, of which the SDK's round trip is the same part."
        ),
    },
    "worlds": {
        "2 worlds in an async vector": (
            "two worlds and the trainer's process share two cores; seven runs on a quiet machine gave 1.34 to 1.53 x."
        ),
    },
}

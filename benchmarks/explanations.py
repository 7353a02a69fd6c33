"""Why a figure misses its goal, by room and figure: printed on the page while it does."""

from __future__ import annotations

_A_PUSH = (
    "a push takes two to three times what a bare loop takes that only reads the same values through the same functions "
    "and joins them: the row of that loop, which on a busy machine is above the goal itself. Of a push, two thirds "
    "are reading and comparing (half of that the actors around the player, then position and stats), the rest is "
    "writing the frame and a poll's system calls. The functions of the simulator check every precondition, which "
    "makes them dearer than the server's (docs/tes3mp.md has the share on a server)."
)

EXPLANATIONS: dict[str, dict[str, str]] = {
    "frames": {
        "Lua's share of the loop, 100 players x 10 Hz, version 2": _A_PUSH,
        "thread CPU of a poll, p99, version 2": (
            "a poll stops after the section in which its 0.5 ms end, and LuaJIT collects garbage and compiles in it."
        ),
    },
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

"""Why a figure misses its goal, by room and figure: printed on the page while it does."""

from __future__ import annotations

_A_PUSH = (
    "a push takes two to three times what a bare loop takes that only reads the same values through the same functions "
    "and joins them: the row of that loop, which on a busy machine is above the goal itself. Of a push, two thirds "
    "are reading and comparing (half of that the actors around the player, then position and stats), the rest is "
    "writing the frame and a poll's system calls. The functions of the simulator check every precondition, which "
    "makes them dearer than the server's (docs/tes3mp.md has the share on a server)."
)

_OWN_WORK = (
    "it is the supervisor's own work, not waiting: with everything on one core, a start took 141 us, not 51 (2.7 x), "
    "a stop 70 against 28 (2.5 x), a replacement 157 against 82 (1.9 x). Runs on another kind of machine gave less."
)

EXPLANATIONS: dict[str, dict[str, str]] = {
    "bridge": {
        "100 x 10 Hz: Lua's share of the loop's time": (
            "this room's client speaks version 1 of the protocol, whose pushes take two to three times those of "
            "version 2 (room `frames`); where a poll has used its budget, the rest of the pushes wait."
        ),
    },
    "commands": {
        "command through actors and socket, p50": (
            "a command wakes one thread, the relay two, but that is little of it: a relay that sends in its "
            "caller's thread, as the daemon does, takes 0.96 times the relay's time. The rest is Python that "
            "validates and keeps the books, about 300 calls in the caller's thread and 200 in the connection's. "
            "Warm, the request takes 11 us, its arguments 3, the pending command 4, the message 6, the answer 5, "
            "the entry of a deadline 1; but they run right after a wake-up, with cold caches. On a loaded machine "
            "180 us passed until the message was sent, and 160 us from its arrival to the answer, while the relay "
            "took 390 us."
        ),
        "the same, journaled": (
            "three wake-ups, the relay four. To write a row as JSON and seal it with its checksum takes 12 us, to "
            "build its entry 5, twice for each command; the relay does neither. What an unjournaled command takes "
            "comes on top."
        ),
    },
    "daemon": {
        "memory of an idle daemon": (
            "the libraries alone take half of it (the row before). Importing the protocol's 500 models adds 20 MB "
            "to them; building their validators on first use only would save 3.5 MB, and the first commands would "
            "wait for that."
        ),
        "100 x 10 Hz: share of a core": (
            "warm, decoding a push takes 16 us and merging it 60 us. The rest is one wake-up for each 5 ms of "
            "pushes, one of libzmq's thread for each push, and cold caches after both."
        ),
    },
    "frames": {
        "Lua's share of the loop, 100 players x 10 Hz, version 2": _A_PUSH,
        "thread CPU of a poll, p99, version 2": (
            "a poll stops after the section in which 0.3 ms end, and LuaJIT collects garbage and compiles in it."
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
    "heartbeat": {
        "a beat without its policy, p50": (
            "two runs on this machine gave 2.70 and 2.74 x, machines of another kind 1.38 to 1.43 x; why is not known."
        ),
        "p99 jitter at 10 Hz beside 100 commands a second": (
            "the rounds differ tenfold; machines of another kind gave 0.65 and 0.90 x; why is not known."
        ),
    },
    "link": {
        "command through actors and socket, echo peer, p50": "the room `commands` says where the time goes.",
        "the same, p95": "one reading of one run, with other programs beside it; the median is in the row before it.",
    },
    "serving": {
        "a snapshot over HTTP": (
            "with everything on one core 1.54 x, so wake-ups between cores are not it; machines of another kind gave "
            "1.10 to 1.28 x."
        ),
        "a command over HTTP": (
            "with everything on one core 2.04 x, so wake-ups between cores are not it; machines of another kind gave "
            "1.34 to 1.43 x."
        ),
    },
    "supervision": {
        "start to the first answer": _OWN_WORK,
        "stop to its end": _OWN_WORK,
        "crash to the replacement's first answer": _OWN_WORK,
    },
    "worlds": {
        "2 worlds in an async vector": (
            "two worlds and the trainer's process share two cores. The trainer's takes 0.2 ms of a step; why two lanes "
            "disturb each other on this machine is not known. Seven runs on one of another kind gave 1.34 to 1.53 x."
        ),
    },
}

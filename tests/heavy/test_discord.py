"""`examples/discord_relay.py` with the real discord.py, in an environment of its own, against a Discord on loopback."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import IO, Any

import pytest

from tests.end_to_end.daemon import DaemonProcess
from tests.portals.environments import environment
from tests.waiting import eventually

CHECKOUT = Path(__file__).parents[2]
DISCORD = ("discord.py==2.7.1", "lazy-loader", "pydantic", "pykka<5", "pyzmq", "tenacity")
GUILDS, GUILD_MESSAGES, MESSAGE_CONTENT = 1 << 0, 1 << 9, 1 << 15
"""Bits of the gateway's intents."""


@pytest.mark.timeout(900)
def test_the_example_relays_between_the_game_and_the_real_library(runtime_folder: Path) -> None:
    program = [environment(*DISCORD) / "python", CHECKOUT / "tests/heavy/discord/relay.py"]
    with DaemonProcess(runtime_folder) as process, process.connect() as daemon:
        relay = subprocess.Popen(
            [*program, CHECKOUT / "examples/discord_relay.py"], stdout=subprocess.PIPE, text=True,
            env={**os.environ, "TIMMY_ENDPOINT": process.endpoint, "PYTHONPATH": str(CHECKOUT)},
        )  # fmt: skip
        with relay:
            try:
                assert relay.stdout is not None
                assert line(relay.stdout) == {"version": "2.7.1"}
                login = line(relay.stdout)["login"]
                assert login == {"token": "a.token", "intents": GUILDS | GUILD_MESSAGES | MESSAGE_CONTENT}
                relayed = eventually(lambda: [text for text in chat(daemon) if "[Discord]" in text])
                daemon.command("chat", player="Jiub", text="Keep quiet, @everyone.")
                sent = line(relay.stdout)["sent"]
            finally:
                relay.kill()
    assert relayed == ["[Discord] Caius: Who goes there, @Caius?"]
    assert sent == {"content": "Jiub (1): Keep quiet, @everyone.", "allowed_mentions": {"parse": []}}


def line(output: IO[str]) -> dict[str, Any]:
    """The next line of the relay."""
    printed: dict[str, Any] = json.loads(output.readline())
    return printed


def chat(daemon: Any) -> list[str]:
    """What Timmy hears."""
    return [entry.text for entry in daemon.snapshot("Timmy").chat.lines]

"""The relay of `examples/discord_relay.py`, up to its outermost edge: Discord itself is left out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from runpy import run_path

from tests.end_to_end.daemon import DaemonProcess
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import aconnect

RELAY = run_path(str(Path(__file__).parents[2] / "examples/discord_relay.py"))


def test_the_chat_is_relayed_both_ways_and_never_in_a_circle(tmp_path: Path) -> None:
    with DaemonProcess(tmp_path) as process, process.connect() as daemon:
        eventually(daemon.snapshot)
        said = asyncio.run(_relayed(process.endpoint))
    assert said == ["Jiub (1): Keep quiet."]


async def _relayed(endpoint: str) -> list[str]:
    """What is said outside while somebody speaks outside and Jiub speaks in the game."""
    said: list[str] = []
    spoken = asyncio.Event()

    async def say(text: str) -> None:
        said.append(text)
        spoken.set()

    async def heard() -> AsyncIterator[tuple[str, str]]:
        yield "Caius\n#FF0000", "Who  goes\nthere?"

    async with aconnect(endpoint) as daemon, daemon.watch("Timmy", events={"chat"}) as pushes:
        relaying = asyncio.create_task(RELAY["outward"](daemon, "Timmy", say))
        await RELAY["inward"](daemon, heard())
        async with asyncio.timeout(PATIENCE_S):
            async for pushed in pushes:
                if pushed.event is not None and pushed.event.data["text"].startswith("[Discord] Caius"):
                    break
            while not spoken.is_set():
                await daemon.command("chat", player="Jiub", text="Keep quiet.")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(spoken.wait(), 1)
        relaying.cancel()
        await asyncio.gather(relaying, return_exceptions=True)
    return said[:1]

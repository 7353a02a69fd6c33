"""Relays the game's chat to a Discord channel and back: `pip install discord.py`; DISCORD_TOKEN, DISCORD_CHANNEL."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable

from timmy_actors import AsyncDaemon, aconnect

LONGEST = 900
Say = Callable[[str], Awaitable[object]]


async def outward(daemon: AsyncDaemon, player: str, say: Say) -> None:
    """Say outside what players say where `player` hears it; the server's own lines stay in the game."""
    async with daemon.watch(player, events={"chat"}) as pushes:
        async for pushed in pushes:
            if pushed.event is not None and pushed.event.data.get("speaker"):
                await say(str(pushed.event.data["text"]))


async def inward(daemon: AsyncDaemon, heard: AsyncIterator[tuple[str, str]]) -> None:
    """Say in the game what is said outside, as (name, text): in one line, and never as a player."""
    async for name, text in heard:
        await daemon.command("broadcast", text=" ".join(f"[Discord] {name}: {text}".split())[:LONGEST])


async def main() -> None:
    """Connect both sides."""
    import discord  # noqa: PLC0415  everything above works without it

    queue: asyncio.Queue[tuple[str, str]] = asyncio.Queue(100)
    client = discord.Client(intents=discord.Intents(guilds=True, guild_messages=True, message_content=True))
    channel = client.get_partial_messageable(int(os.environ["DISCORD_CHANNEL"]))

    @client.event
    async def on_message(message: discord.Message) -> None:
        if message.channel.id == channel.id and not message.author.bot and not queue.full():
            queue.put_nowait((message.author.display_name, message.clean_content))

    async def heard() -> AsyncIterator[tuple[str, str]]:
        while True:
            yield await queue.get()

    async def say(text: str) -> None:
        await channel.send(text, allowed_mentions=discord.AllowedMentions.none())

    async with aconnect() as daemon:
        starting = client.start(os.environ["DISCORD_TOKEN"])
        await asyncio.gather(starting, outward(daemon, "Timmy", say), inward(daemon, heard()))


if __name__ == "__main__":
    asyncio.run(main())

# mypy: ignore-errors
"""Runs `examples/discord_relay.py` with the real discord.py against a server on loopback, in its own environment.

The server has of Discord's REST API and gateway what a bot needs to log in, to receive a message and to send one. It
prints what the bot sends to it, a line of JSON each: its login, and its messages.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from runpy import run_path
from typing import Any

import discord
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

DISPATCH, IDENTIFY, HELLO, HEARTBEAT_ACK, HEARTBEAT = 0, 2, 10, 11, 1
GUILD, CHANNEL = 100_000_000_000_000_001, 100_000_000_000_000_002
BOT = {"id": "100000000000000003", "username": "timmy", "discriminator": "0", "avatar": None, "bot": True}
AUTHOR = {"id": "100000000000000004", "username": "caius", "global_name": "Caius", "discriminator": "0", "avatar": None}
APPLICATION = {
    "id": BOT["id"], "name": "timmy", "icon": None, "description": "", "flags": 0, "bot_public": False,
    "bot_require_code_grant": False, "verify_key": "", "team": None, "owner": AUTHOR, "summary": "",
}  # fmt: skip
LINE = f"Who  goes\nthere, <@{AUTHOR['id']}>?"


def show(what: str, value: Any) -> None:
    """Print one line of JSON."""
    print(json.dumps({what: value}), flush=True)  # noqa: T201


def answer(value: dict[str, Any]) -> web.Response:
    """An answer of the REST API: the library reads only this type, without a charset, as JSON."""
    return web.Response(body=json.dumps(value).encode(), content_type="application/json")


async def user(_: web.Request) -> web.Response:
    """The bot's own account."""
    return answer(BOT)


async def application(_: web.Request) -> web.Response:
    """The bot's application."""
    return answer(APPLICATION)


async def receive(request: web.Request) -> web.Response:
    """A message that the bot sends."""
    body = await request.json()
    show("sent", {key: body.get(key) for key in ("content", "allowed_mentions")})
    return answer(message(BOT, body["content"], "7"))


def message(author: dict[str, Any], content: str, number: str, channel: int = CHANNEL) -> dict[str, Any]:
    """A message as Discord describes it."""
    return {
        "id": f"10000000000000010{number}", "channel_id": str(channel), "author": author, "content": content, "type": 0,
        "timestamp": "2026-11-30T10:00:00+00:00", "edited_timestamp": None, "tts": False, "mention_everyone": False,
        "mentions": [AUTHOR], "mention_roles": [], "attachments": [], "embeds": [], "pinned": False, "components": [],
    }  # fmt: skip


async def gateway(request: web.Request) -> web.WebSocketResponse:
    """The gateway: one login, then messages of somebody, of the bot itself, and in another channel."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": 40_000}, "s": None, "t": None})
    async for received in socket:
        sent = json.loads(received.data)
        if sent["op"] == HEARTBEAT:
            await socket.send_json({"op": HEARTBEAT_ACK, "d": None})
        if sent["op"] == IDENTIFY:
            show("login", {key: sent["d"][key] for key in ("token", "intents")})
            ready = {"v": 10, "user": BOT, "guilds": [], "session_id": "1", "resume_gateway_url": str(request.url),
                     "application": {"id": BOT["id"], "flags": 0}}  # fmt: skip
            await _dispatch(socket, 1, "READY", ready)
            for number, (author, text, channel) in enumerate(
                [(BOT, "of a bot", CHANNEL), (AUTHOR, "elsewhere", GUILD), (AUTHOR, LINE, CHANNEL)], start=2
            ):
                await _dispatch(socket, number, "MESSAGE_CREATE", message(author, text, str(number), channel))
    return socket


async def _dispatch(socket: web.WebSocketResponse, number: int, event: str, data: dict[str, Any]) -> None:
    await socket.send_json({"op": DISPATCH, "s": number, "t": event, "d": data})


async def main() -> None:
    """Serve, and run the example."""
    app = web.Application()
    app.router.add_get("/api/users/@me", user)
    app.router.add_get("/api/oauth2/applications/@me", application)
    app.router.add_post(f"/api/channels/{CHANNEL}/messages", receive)
    app.router.add_get("/", gateway)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    Route.BASE = f"http://{host}:{port}/api"
    DiscordWebSocket.DEFAULT_GATEWAY = URL(f"http://{host}:{port}/")
    os.environ |= {"DISCORD_TOKEN": "a.token", "DISCORD_CHANNEL": str(CHANNEL)}
    show("version", discord.__version__)
    await run_path(sys.argv[1])["main"]()


asyncio.run(main())

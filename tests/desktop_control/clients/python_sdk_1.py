# mypy: ignore-errors
"""The Python SDK 1.x as a client, in its own environment: python python_sdk_1.py COMMAND..., calls on stdin."""

from __future__ import annotations

import asyncio
import json
import os
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main() -> None:
    """Make the calls and print their results."""
    stray, results = [], []

    async def on_message(message: object) -> None:
        if isinstance(message, Exception):
            stray.append(str(message))

    command, *arguments = sys.argv[1:]
    server = StdioServerParameters(command=command, args=arguments, env=dict(os.environ))
    async with stdio_client(server) as streams, ClientSession(*streams, message_handler=on_message) as session:
        await session.initialize()
        await session.list_tools()
        for name, values in json.load(sys.stdin):
            try:
                result = await session.call_tool(name, values)
            except Exception as error:  # noqa: BLE001  the test checks every error of the SDK
                results.append({"raised": f"{type(error).__name__}: {error}"})
                continue
            results.append(
                {
                    "is_error": result.isError,
                    "meta": result.meta,
                    "structured": result.structuredContent,
                    "text": result.content[0].text if result.content else None,
                }
            )
    print(json.dumps({"results": results, "stray": stray}))  # noqa: T201


asyncio.run(main())

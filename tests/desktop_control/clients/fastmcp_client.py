# mypy: ignore-errors
"""fastmcp as a client, in its own environment: python fastmcp_client.py COMMAND..., the calls on stdin."""

from __future__ import annotations

import asyncio
import json
import os
import sys

from fastmcp import Client
from fastmcp.client.transports import StdioTransport


async def main() -> None:
    """Make the calls and print their results."""
    results = []
    command, *arguments = sys.argv[1:]
    async with Client(StdioTransport(command, arguments, env=dict(os.environ))) as client:
        await client.list_tools()
        for name, values in json.load(sys.stdin):
            try:
                result = await client.call_tool(name, values, raise_on_error=False)
            except Exception as error:  # noqa: BLE001  the test checks every error of the client
                results.append({"raised": f"{type(error).__name__}: {error}"})
                continue
            results.append(
                {
                    "is_error": result.is_error,
                    "meta": result.meta,
                    "structured": result.structured_content,
                    "text": result.content[0].text if result.content else None,
                }
            )
    print(json.dumps({"results": results, "stray": []}))  # noqa: T201


asyncio.run(main())

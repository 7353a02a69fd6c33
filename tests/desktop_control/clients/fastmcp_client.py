# mypy: ignore-errors
"""fastmcp as a client, in an environment of its own: python fastmcp_client.py COMMAND..., the calls on stdin."""

from __future__ import annotations

import asyncio
import json
import os
import sys

from fastmcp import Client
from fastmcp.client.transports import StdioTransport


async def main() -> None:
    """Make the calls and print what each gave."""
    found = []
    command, *arguments = sys.argv[1:]
    async with Client(StdioTransport(command, arguments, env=dict(os.environ))) as client:
        await client.list_tools()
        for name, given in json.load(sys.stdin):
            try:
                result = await client.call_tool(name, given, raise_on_error=False)
            except Exception as error:  # noqa: BLE001  whatever the client makes of an answer is what the test looks at
                found.append({"raised": f"{type(error).__name__}: {error}"})
                continue
            found.append(
                {
                    "is_error": result.is_error,
                    "meta": result.meta,
                    "structured": result.structured_content,
                    "text": result.content[0].text if result.content else None,
                }
            )
    print(json.dumps({"results": found, "stray": []}))  # noqa: T201


asyncio.run(main())

# mypy: ignore-errors
"""fastmcp with fastmcp-tasks, in its own environment: python fastmcp_client.py COMMAND..., a script of calls on stdin.

A call is [tool, arguments]; with "task" as a third element it must become a task, which is waited for.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from fastmcp import Client
from fastmcp.client.transports import StdioTransport
from fastmcp_tasks import call_tool_task


async def main() -> None:
    """Make the calls and print what the client got."""
    command, *arguments = sys.argv[1:]
    transport = StdioTransport(command, arguments, env=dict(os.environ))
    async with Client(transport) as client:
        listed = [tool.name for tool in await client.list_tools()]
        resources = {str(each.uri): await read(client, str(each.uri)) for each in await client.list_resources()}
        prompts = [prompt.name for prompt in await client.list_prompts()]
        print("ready", flush=True)  # noqa: T201
        results = [await call(client, *each) for each in json.load(sys.stdin)]
    print(json.dumps({"tools": listed, "resources": resources, "prompts": prompts, "results": results}))  # noqa: T201


async def read(client, uri):
    """The length of a resource's text."""
    return len((await client.read_resource(uri))[0].text)


async def call(client, name, arguments, task=None):
    """One call's result; an error of the client itself is returned as text."""
    try:
        if task is None:
            result = await client.call_tool(name, arguments, raise_on_error=False)
        else:
            handle = await call_tool_task(client, name, arguments, raise_on_error=False)
            print(json.dumps({"task": handle.task_id, "status": (await handle.status()).status}), flush=True)  # noqa: T201
            return described(await handle.result())
    except Exception as error:  # noqa: BLE001  the test checks every error of the client
        return {"raised": f"{type(error).__name__}: {error}"}
    return described(result)


def described(result):
    """A result, without the texts."""
    return {"is_error": result.is_error, "structured": result.structured_content}


asyncio.run(main())

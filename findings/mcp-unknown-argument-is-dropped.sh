#!/usr/bin/env bash
# mcp 2.3.0 (the Python SDK): an argument that a tool does not have is dropped, and the tool acts without it.
# One expects: a call with a misspelt argument is refused, as Python refuses an unknown keyword, and as a wrong type and a missing
#   argument are: the model reads the error and corrects itself.
# What happens: the server drops it and calls the tool with the default; the answer is a success. The published schema does not
#   forbid other names, so that no client can notice it either.
# Who is affected: tools with optional arguments, called by models, which misspell and invent them: "walk, metres 2" walks the
#   default distance and reports success.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet mcp==2.3.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
mcp 2.3.0
the schema's additionalProperties: not said
{'direction': 'north', 'meters': 2}: walked 2 m north
{'direction': 'north', 'metres': 2}: walked 10 m north
{'direction': 'north', 'Meters': 2}: walked 10 m north
{'direction': 'north', 'meters': 'far'}: an error
{'meters': 2}: an error
END
timeout 25 env/bin/python - >seen 2>>log <<'END'
import asyncio
from importlib.metadata import version

from mcp import Client
from mcp.server import MCPServer

server = MCPServer("legs")


@server.tool()
def walk(direction: str, meters: int = 10) -> str:
    return f"walked {meters} m {direction}"


async def main():
    print("mcp", version("mcp"))
    async with Client(server) as client:
        schema = (await client.list_tools()).tools[0].input_schema
        print("the schema's additionalProperties:", schema.get("additionalProperties", "not said"))
        for arguments in ({"direction": "north", "meters": 2}, {"direction": "north", "metres": 2},
                          {"direction": "north", "Meters": 2}, {"direction": "north", "meters": "far"}, {"meters": 2}):
            result = await client.call_tool("walk", arguments)
            print(f"{arguments}: {'an error' if result.is_error else result.content[0].text}")


asyncio.run(main())
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen

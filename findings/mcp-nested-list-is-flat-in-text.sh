#!/usr/bin/env bash
# mcp 2.3.0 (the Python SDK): a tool's nested list loses its rows in the text that a model reads.
# One expects: the content of a result says the same as its structured content: JSON, as the text of a dict is.
# What happens: each member of a list becomes a content block of its own, and so does each member of a list in it, all in one
#   row: [[1, 2], [3]], [[1], [2, 3]] and [1, 2, 3] are the same three blocks. An empty list is no block at all, and so are the
#   empty rows of a list. The structured content, which many hosts do not show to the model, is right.
# Who is affected: tools that answer with rows: a map, a table, paths, pairs of coordinates.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet mcp==2.3.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
mcp 2.3.0
[[1, 2], [3]]: text blocks ['1', '2', '3'], structured [[1, 2], [3]]
[[1], [2, 3]]: text blocks ['1', '2', '3'], structured [[1], [2, 3]]
[[1], [], [2]]: text blocks ['1', '2'], structured [[1], [], [2]]
[]: text blocks [], structured []
the same in a dict: text blocks ['{"rows": [[1, 2], [3]]}'], structured [[1, 2], [3]]
END
timeout 25 env/bin/python - >seen 2>>log <<'END'
import asyncio
import json
from importlib.metadata import version

from mcp import Client
from mcp.server import MCPServer

server = MCPServer("map")
ROWS = [[[1, 2], [3]], [[1], [2, 3]], [[1], [], [2]], []]


@server.tool()
def rows(number: int) -> list[list[int]]:
    return ROWS[number]


@server.tool()
def named() -> dict[str, list[list[int]]]:
    return {"rows": ROWS[0]}


async def main():
    print("mcp", version("mcp"))
    async with Client(server) as client:
        for number, answer in enumerate(ROWS):
            result = await client.call_tool("rows", {"number": number})
            texts = [block.text for block in result.content]
            print(f"{answer}: text blocks {texts}, structured {result.structured_content['result']}")
        result = await client.call_tool("named", {})
        texts = [json.dumps(json.loads(block.text)) for block in result.content]
        print(f"the same in a dict: text blocks {texts}, structured {result.structured_content['rows']}")


asyncio.run(main())
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen

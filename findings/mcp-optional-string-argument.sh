#!/usr/bin/env bash
# mcp 2.3.0 (the Python SDK): a tool's argument of the type `str | None` is parsed as JSON before the tool gets it.
# One expects: a JSON string that matches the tool's own input schema arrives as it was sent, as it does for `str`.
# What happens: the string "null" arrives as None, and strings that hold a JSON list or object are refused, although
#   the schema that the server published allows any string. `str` is exempt, `str | None` is not.
# Who is affected: tools with optional text (a search, a title, a message) that is sometimes JSON or the word null.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet mcp==2.3.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
mcp 2.3.0
the schema of optional's text: string or null
plain    'hello' -> 'hello'
optional 'hello' -> 'hello'
plain    'null' -> 'null'
optional 'null' -> None
plain    '[1]' -> '[1]'
optional '[1]' -> refused: Input should be a valid string
plain    '{"a": 1}' -> '{"a": 1}'
optional '{"a": 1}' -> refused: Input should be a valid string
END
timeout 25 env/bin/python - >seen 2>log <<'END'
from importlib.metadata import version

import anyio
from mcp import Client
from mcp.server.mcpserver import MCPServer

server = MCPServer("echo")


@server.tool()
def plain(text: str) -> str:
    return repr(text)


@server.tool()
def optional(text: str | None = None) -> str:
    return repr(text)


async def main():
    print("mcp", version("mcp"))
    async with Client(server) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        types = tools["optional"].input_schema["properties"]["text"]["anyOf"]
        print("the schema of optional's text:", " or ".join(each["type"] for each in types))
        for text in ("hello", "null", "[1]", '{"a": 1}'):
            for name in ("plain", "optional"):
                result = await client.call_tool(name, {"text": text})
                said = result.content[0].text
                if result.is_error:
                    said = "refused: " + said.split("\n")[2].split(" [")[0].strip()
                print(f"{name:8} {text!r} -> {said}")


anyio.run(main)
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen || { tail -n 3 log; exit 1; }

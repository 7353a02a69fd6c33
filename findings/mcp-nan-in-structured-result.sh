#!/usr/bin/env bash
# mcp 2.3.0 (the Python SDK): a float that is NaN makes a structured result that the SDK's own client refuses.
# One expects: the server, which checks a tool's answer against its declared type, refuses a NaN, or sends what its own
#   output schema ({"type": "number"}) allows.
# What happens: the server lets it pass and writes null; the call succeeds on the server, and the client's call_tool
#   raises an error about the schema. The rest of the answer, which was good, is lost with it. Infinity goes the same way.
# Who is affected: tools that answer with measurements. One that is missing (numpy's and pandas' NaN) makes the whole call fail,
#   at the client, after the tool has acted.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet mcp==2.3.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
mcp 2.3.0
the tool's values are declared as: number
[1.5]: the tool ran; the client got {'result': [1.5]}
[1.5, nan]: the tool ran; the client raised RuntimeError: None is not of type 'number'
[1.5, inf]: the tool ran; the client raised RuntimeError: None is not of type 'number'
END
timeout 25 env/bin/python - >seen 2>log <<'END'
import math
from importlib.metadata import version

import anyio
from mcp import Client
from mcp.server.mcpserver import MCPServer

server = MCPServer("thermometer")
values, ran = [], []


@server.tool()
def measure() -> list[float]:
    ran.append(True)
    return values


async def main():
    print("mcp", version("mcp"))
    async with Client(server) as client:
        schema = (await client.list_tools()).tools[0].output_schema
        print("the tool's values are declared as:", schema["properties"]["result"]["items"]["type"])
        for values[:] in ([1.5], [1.5, math.nan], [1.5, math.inf]):
            ran.clear()
            try:
                got = f"got {(await client.call_tool('measure', {})).structured_content}"
            except Exception as error:
                got = f"raised {type(error).__name__}: {str(error).splitlines()[0].split(': ')[1]}"
            print(f"{values}: the tool {'ran' if ran else 'did not run'}; the client {got}")


anyio.run(main)
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen || { tail -n 3 log; exit 1; }

"""A server without an SDK, for behaviour that no SDK has: python raw.py MODE. Uses protocol revision 2025-11-25."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

TOOLS = ["garbage", "wrong", "huge", "unended", "grow", "endless"]


def say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def main(mode: str) -> None:
    if mode == "dies":
        sys.stderr.write("ModuleNotFoundError: No module named 'mcp.server.fastmcp'\n")
        sys.exit(1)
    if mode == "silent":
        time.sleep(600)
    if mode == "garbage":
        for _ in range(1_000):
            sys.stdout.write("a banner that does not end\n")
        sys.stdout.flush()
    sys.stdout.write("raw 1.0 says hello\n")
    for line in sys.stdin:
        answer(json.loads(line))


def answer(request: dict[str, Any]) -> None:
    match request.get("method"):
        case "initialize":
            facts = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}}
            say({"id": request["id"], "result": {**facts, "serverInfo": {"name": "raw", "version": "1"}}})
        case "tools/list":
            tools = [{"name": name, "inputSchema": {"type": "object"}} for name in TOOLS]
            say({"id": request["id"], "result": {"tools": tools}})
        case "tools/call":
            call(request["id"], request["params"]["name"], request["params"].get("arguments", {}))
        case _ if "id" in request:
            say({"id": request["id"], "error": {"code": -32601, "message": "no such method"}})


def call(number: Any, tool: str, arguments: dict[str, Any]) -> None:
    match tool:
        case "garbage":
            sys.stdout.write("what is no message\n" * arguments["lines"])
            say({"id": number, "result": {"content": [{"type": "text", "text": "said"}]}})
        case "wrong":
            if "mark" in arguments:
                with Path(arguments["mark"]).open("a") as marks:
                    marks.write("x")
            say({"id": number, "result": {"content": arguments.get("content", 5)}})
        case "huge":
            image = {"type": "image", "mimeType": "image/png", "data": "A" * arguments["size"]}
            say({"id": number, "result": {"content": [image]}})
        case "unended":
            sys.stdout.write(f'{{"jsonrpc":"2.0","id":{json.dumps(number)},"result":"' + "A" * arguments["size"])
            sys.stdout.flush()
        case "grow":
            TOOLS.append("grown")
            say({"method": "notifications/tools/list_changed"})
            say({"id": number, "result": {"content": []}})
        case "endless":
            sys.stdout.write("x" * arguments["size"] + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")

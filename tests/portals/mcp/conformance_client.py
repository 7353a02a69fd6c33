"""This project's client for the MCP project's conformance suite: python -m tests.portals.mcp.conformance_client URL.

Connects, and calls each listed tool once, with arguments that match its schema.
"""

from __future__ import annotations

import sys
from typing import Any

from tests.portals.sessions import Open

VALUES: dict[str, Any] = {"number": 2, "integer": 2, "string": "text", "boolean": True, "array": [], "object": {}}


def main(url: str) -> int:
    """Run, and return 0 if every tool answered."""
    server = Open((), url=url, start_timeout_s=20.0)
    for tool in server.connected().tools:
        properties = tool.schema.get("properties", {})
        arguments = {name: VALUES[schema.get("type", "string")] for name, schema in properties.items()}
        print(tool.name, server.ask(tool.name, **arguments))  # noqa: T201  for whoever reads the suite's log
    server.session.stop(10)
    return 0 if server.over() is None else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

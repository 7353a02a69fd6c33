"""A bare FastAPI application whose one route returns the bytes of a file: `python -m ... FILE`. Prints its port."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.responses import Response


def main(path: Path) -> None:
    """Serve until SIGTERM."""
    body = path.read_bytes()
    app = FastAPI()

    @app.get("/")
    async def read() -> Response:
        return Response(body, media_type="application/json")

    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(app, http="h11", lifespan="off", log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""What `serving/http/limits.py` uses of uvicorn's protocols, none of which its documentation promises."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

EXTENDED = ("connection_made", "connection_lost", "pause_writing", "resume_writing")


async def app(scope: Any, receive: Any, send: Any) -> None:
    """An application that is never called."""


@pytest.mark.parametrize("protocol", [H11Protocol, WebSocketsSansIOProtocol])
def test_the_methods_that_are_extended_are_there(protocol: type) -> None:
    assert [name for name in EXTENDED if not callable(getattr(protocol, name, None))] == []


def test_a_protocol_has_its_app_its_config_and_no_request() -> None:
    config = uvicorn.Config(app, interface="asgi3")
    config.load()
    with asyncio.Runner() as runner:
        protocol = H11Protocol(config=config, server_state=ServerState(), app_state={}, _loop=runner.get_loop())
    assert protocol.app is config.loaded_app
    assert protocol.config is config
    assert protocol.cycle is None
    assert {"data_received", "handle_websocket_upgrade"} <= set(vars(H11Protocol))


def test_a_request_says_when_its_answer_is_complete() -> None:
    assert "self.response_complete = " in inspect.getsource(RequestResponseCycle)


def test_the_flow_of_writing_can_be_awaited() -> None:
    flow = FlowControl(asyncio.Transport())
    assert flow.write_paused is False
    assert inspect.iscoroutinefunction(flow.drain)

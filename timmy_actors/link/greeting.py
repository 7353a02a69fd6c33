"""Says hello to a bridge once, for programs that want to know about it and do not stay."""

from __future__ import annotations

import zmq
from pydantic import ValidationError

from timmy_actors.link.game_socket import USERNAME
from timmy_actors.protocol import SERVER_MESSAGE, Hello, Welcome


def greet(address: str, secret: str | None, *, client: str, within_s: float) -> Welcome | str | None:
    """The bridge's welcome; a text: it refuses the hello; None: no answer within so many seconds.

    Args:
        address: as in `link.address`.
        secret: the token; None: the mechanism is NULL.
        client: the name to say hello as; a connected client of this name would be disconnected.
    """
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.linger = 0
        if secret is not None:
            socket.plain_username, socket.plain_password = USERNAME, secret.encode()
        socket.connect(address)
        socket.send(Hello(id="1", client=client).model_dump_json().encode())
        if not socket.poll(round(within_s * 1_000)):
            return None
        try:
            message = SERVER_MESSAGE.validate_json(socket.recv())
        except ValidationError:
            return "something that is no message of the bridge"
    return message if isinstance(message, Welcome) else message.model_dump_json(exclude_none=True)

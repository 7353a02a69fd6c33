"""Whether the embedded world can have the port that it is to have."""

from __future__ import annotations

import socket

from timmy_actors.errors import ConfigError


def check_port_is_free(port: int) -> None:
    """See that nobody listens there; 0 is always free.

    Raises:
        ConfigError: somebody does, or it may not be used.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ConfigError(
                f"world.port: {port} cannot be used: {error.strerror}. Choose another, or 0 for any free one"
            ) from error

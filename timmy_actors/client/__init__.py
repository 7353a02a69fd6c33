"""What another process imports to talk to a running daemon."""

from timmy_actors.client.connection import Daemon, connect

__all__ = ["Daemon", "connect"]

"""The actors through which others reach a running daemon."""

from timmy_actors.serving.gateway import ANSWER_MARGIN_S, GatewayActor

__all__ = [
    "ANSWER_MARGIN_S",
    "GatewayActor",
]

from .gateway import GatewayActor
from .http.actor import HttpActor
from .http.options import HttpOptions
from .service import ANSWER_MARGIN_S, Service

__all__ = [
    "ANSWER_MARGIN_S",
    "GatewayActor",
    "HttpActor",
    "HttpOptions",
    "Service",
]

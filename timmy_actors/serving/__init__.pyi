from .gateway import GatewayActor
from .http.actor import HttpActor
from .http.options import HttpOptions
from .service import ANSWER_MARGIN_S, Service, ServiceRequest

__all__ = [
    "ANSWER_MARGIN_S",
    "GatewayActor",
    "HttpActor",
    "HttpOptions",
    "Service",
    "ServiceRequest",
]

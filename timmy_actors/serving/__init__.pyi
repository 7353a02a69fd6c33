from .actors import actor_health
from .gateway import GatewayActor
from .http.actor import HttpActor
from .http.options import HttpOptions
from .listeners import Listener, LocalListener, RemoteListener
from .openenv.options import OpenEnvOptions
from .openenv.server import serve_task
from .service import ANSWER_MARGIN_S, Service

__all__ = [
    "ANSWER_MARGIN_S",
    "GatewayActor",
    "HttpActor",
    "HttpOptions",
    "Listener",
    "LocalListener",
    "OpenEnvOptions",
    "RemoteListener",
    "Service",
    "actor_health",
    "serve_task",
]

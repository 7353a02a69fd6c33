from .access import Address, HttpOptions
from .server import ServerOptions
from .tools import Profile
from .transports import serve

__all__ = ["Address", "HttpOptions", "Profile", "ServerOptions", "serve"]

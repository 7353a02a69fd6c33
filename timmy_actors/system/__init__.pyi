from .callables import describe_failure, import_callable
from .confined import Confined
from .curve_keys import KeyPair, generate_keys, read_clients, read_keys, require_curve, write_keys
from .die_with_parent import DIE_WITH_PARENT, when_parent_ends
from .orderly_server import OrderlyServer
from .paths import (
    config_folder,
    expand_user,
    from_folder,
    lua_folder,
    state_folder,
    tasks_folder,
    training_folder,
)
from .ports import MAX_PORT, port_number
from .private_folder import (
    ENDPOINT_REMEDY,
    ENDPOINT_VARIABLE,
    check_private,
    check_secret,
    default_folder,
    fresh_token,
    make_private,
    make_token_file,
    read_token,
)
from .processes import LockFile, how_it_ended
from .service_manager import ServiceManager
from .socket_monitor import read_event
from .text_files import read_text

__all__ = [
    "DIE_WITH_PARENT",
    "ENDPOINT_REMEDY",
    "ENDPOINT_VARIABLE",
    "MAX_PORT",
    "Confined",
    "KeyPair",
    "LockFile",
    "OrderlyServer",
    "ServiceManager",
    "check_private",
    "check_secret",
    "config_folder",
    "default_folder",
    "describe_failure",
    "expand_user",
    "fresh_token",
    "from_folder",
    "generate_keys",
    "how_it_ended",
    "import_callable",
    "lua_folder",
    "make_private",
    "make_token_file",
    "port_number",
    "read_clients",
    "read_event",
    "read_keys",
    "read_text",
    "read_token",
    "require_curve",
    "state_folder",
    "tasks_folder",
    "training_folder",
    "when_parent_ends",
    "write_keys",
]

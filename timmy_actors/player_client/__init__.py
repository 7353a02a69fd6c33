"""A logged-in player of a TES3MP server, without a game: the protocol of its client, from the datagrams up."""

import lazy_loader

# The names in `__init__.pyi` are imported on first use.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

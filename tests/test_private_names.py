"""Private names of other libraries: which the package imports, and that such a library has an upper bound."""

from __future__ import annotations

import ast
import configparser
import re
import sys
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).parents[1]
PRIVATE = {
    "mcp.client._transport.TransportStreams",  # for types only
    "pykka._envelope.Envelope",
    "pykka.messages._ActorStop",
    "uvicorn.protocols.http.h11_impl.H11Protocol",
    "uvicorn.protocols.websockets.websockets_sansio_impl.WebSocketsSansIOProtocol",
}
UNDOCUMENTED = ("uvicorn.protocols",)


def test_every_private_name_that_is_imported_is_one_of_these() -> None:
    assert set(imported()) == PRIVATE


def test_each_of_these_libraries_has_an_upper_bound_wherever_it_is_required() -> None:
    setup = configparser.ConfigParser()
    setup.read(TOP / "setup.cfg")
    lines = [*setup["options"]["install_requires"].splitlines()]
    lines += [line for extra in setup["options.extras_require"].values() for line in extra.splitlines()]
    for library in {name.split(".")[0] for name in PRIVATE}:
        required = [line for line in lines if re.match(rf"{library}\b", line)]
        assert required
        assert [line for line in required if not re.search(r", < \d", line)] == []


def imported() -> Iterator[str]:
    """Each private or undocumented name of another library, with its module."""
    for path in (TOP / "timmy_actors").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = _names(node)
            yield from (name for name in names if is_private(name) and not is_ours_or_pythons(name))


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.ImportFrom(module=str(module), level=0):
            return [f"{module}.{name.name}" for name in node.names]
        case ast.Import():
            return [name.name for name in node.names]
    return []


def is_private(name: str) -> bool:
    """Whether a part of it begins with an underscore, or its module is not documented."""
    return name.startswith(UNDOCUMENTED) or any(part[0] == "_" and part[:2] != "__" for part in name.split("."))


def is_ours_or_pythons(name: str) -> bool:
    """Whether it is this package's, or of the standard library."""
    return name.split(".", maxsplit=1)[0] in {"timmy_actors", *sys.stdlib_module_names}

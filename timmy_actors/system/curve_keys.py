"""CURVE keys (RFC 26) in files: a key pair of one's own, and the public keys of others."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import zmq

from timmy_actors.errors import CannotCreateError, ConfigError
from timmy_actors.system.private_folder import check_secret
from timmy_actors.system.text_files import read_text

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
KEY = re.compile(r"[0-9A-Za-z.:+=^!/*?&<>()\[\]{}@%$#-]{40}")
"""A key of 32 bytes in Z85 (RFC 32)."""
MAX_CLIENTS = 1_000
CREATE = "create one with timmy-actors keys generate"


@dataclass(frozen=True)
class KeyPair:
    """A key pair of CURVE."""

    name: str
    """What logs call its owner."""
    public: str
    secret: str = field(repr=False)
    server: str | None = None
    """The public key of the daemon that its owner connects to."""


def generate_keys(name: str, server: str | None = None) -> KeyPair:
    """A new random key pair.

    Raises:
        ConfigError: the name or the server's key is invalid, or this libzmq has no CURVE.
    """
    _check_name(name, "the key's name")
    if server is not None:
        _check_key(server, "the server's public key")
    require_curve()
    public, secret = zmq.curve_keypair()
    return KeyPair(name, public.decode(), secret.decode(), server)


def write_keys(keys: KeyPair, path: Path) -> None:
    """Write a key pair to a new file, readable by its owner only.

    Raises:
        CannotCreateError: the file exists already, or cannot be written.
    """
    lines = [f"# The secret key of {keys.name}: keep it to yourself.", f'name = "{keys.name}"']
    lines += [f'public = "{keys.public}"', f'secret = "{keys.secret}"']
    lines += [f'server = "{keys.server}"'] if keys.server is not None else []
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
    except OSError as error:
        raise CannotCreateError(f"{path}: cannot write the keys: {error.strerror}: name another file") from error


def read_keys(path: Path) -> KeyPair:
    """Read a key pair.

    Raises:
        ConfigError: the file cannot be read, others can read it, or it has no valid keys.
    """
    import tomllib  # noqa: PLC0415  clients load this module, and few have keys

    text = read_text(path, "the keys", CREATE)
    check_secret(path, path.stat(), "the secret key")
    try:
        fields = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not a file with keys: {error}: {CREATE}") from error
    name, public, secret, server = (fields.get(key) for key in ("name", "public", "secret", "server"))
    _check_name(name, f"{path}: name")
    _check_key(public, f"{path}: public")
    _check_key(secret, f"{path}: secret")
    if server is not None:
        _check_key(server, f"{path}: server")
    return KeyPair(str(name), str(public), str(secret), server)


def read_clients(path: Path) -> Mapping[str, str]:
    """Read the names of the authorized clients by their public keys: one `NAME KEY` per line.

    Raises:
        ConfigError: the file cannot be read or is invalid; the message names the line.
    """
    text = read_text(path, "the authorized clients", "write one line 'NAME KEY' for each client")
    clients: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        where = f"{path}, line {number}"
        if len(words) != 2:
            raise ConfigError(f"{where}: must be a name and a public key: timmy-actors keys show prints such a line")
        _check_name(words[0], f"{where}: the name")
        _check_key(words[1], f"{where}: the key")
        clients[words[1]] = words[0]
    if len(clients) > MAX_CLIENTS:
        raise ConfigError(f"{path}: has {len(clients)} clients, the limit is {MAX_CLIENTS}: remove some")
    return clients


def require_curve() -> None:
    """Check that libzmq can encrypt.

    Raises:
        ConfigError: it cannot.
    """
    if not zmq.has("curve"):
        raise ConfigError("this libzmq has no CURVE: install pyzmq's wheel: pip install --force-reinstall pyzmq")


def _check_name(name: object, what: str) -> None:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ConfigError(f"{what}: {name!r} must have 1 to 64 letters, digits or any of . _ @ -")


def _check_key(key: object, what: str) -> None:
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise ConfigError(f"{what}: must be a CURVE key of 40 characters: {CREATE}")

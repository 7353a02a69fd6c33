"""Checks of the game's side: the port, the token, and the bridge with its version."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from timmy_actors.cli.doctor.check import Check, Subject, fail, ok, warn
from timmy_actors.embedded import check_port_is_free, find_luajit
from timmy_actors.errors import ConfigError, LuaJitMissingError
from timmy_actors.link import greet, probe_peer
from timmy_actors.protocol import ServerFacts, Welcome
from timmy_actors.system import expand_user, read_token
from timmy_actors.version import __version__

ANSWER_WITHIN_S = 3.0
NAME = "timmy-doctor"


def port(subject: Subject) -> Iterator[Check]:
    """Whether the embedded world can listen."""
    settings, health = subject.settings.world, subject.health
    if not settings.embedded:
        return
    if health is not None and health.world is not None:
        yield ok("port", f"127.0.0.1:{health.world.port}: used by the daemon's embedded world")
        return
    try:
        check_port_is_free(settings.port)
    except ConfigError as error:
        yield fail("port", str(error))
    else:
        yield ok("port", "any free one" if settings.port == 0 else f"127.0.0.1:{settings.port} is free")


def token(subject: Subject) -> Iterator[Check]:
    """Whether the token can be read by the daemon, and by nobody else."""
    if subject.settings.world.embedded:
        yield ok("token", "a new one for each start of the embedded world")
    elif subject.settings.link.mechanism == "null":
        yield warn("token", "none: every program on this machine can use the bridge", 'set link.mechanism = "plain"')
    else:
        path = expand_user(subject.settings.link.token_file, "link.token_file")
        try:
            read_token(path)
        except ConfigError as error:
            yield fail("token", str(error))
        else:
            yield ok("token", f"{path}: readable by its owner only")


def lua(subject: Subject) -> Iterator[Check]:
    """Whether the bridge can be reached, has this version, and grants what a daemon needs."""
    if subject.settings.world.embedded:
        yield _luajit()
        return
    health = subject.health
    facts = health.link.server if health is not None and health.link.carries else None
    answer = facts if facts is not None else _greet(subject)
    yield answer if isinstance(answer, Check) else _judge(answer, subject.settings.link.address)


def _luajit() -> Check:
    try:
        luajit = find_luajit()
    except LuaJitMissingError as error:
        return fail("bridge", str(error))
    return ok("bridge", f"embedded, {luajit.LuaRuntime().lua_implementation}, bridge {__version__}")


def _judge(facts: ServerFacts, address: str) -> Check:
    detail = f"{address}: TES3MP {facts.version}, bridge {facts.bridge}, scopes {' '.join(facts.scopes)}"
    if facts.bridge != __version__:
        return warn("bridge", f"{detail}; this is {__version__}", "update it with timmy-actors install-lua SERVER")
    if missing := {"observe", "act"} - set(facts.scopes):
        return fail("bridge", detail, f"add {' '.join(sorted(missing))} to the token in the server's token file")
    return ok("bridge", detail)


def _greet(subject: Subject) -> ServerFacts | Check:
    """Say hello to the bridge; its answer, or why there is none."""
    settings = subject.settings.link
    try:
        secret = (
            read_token(expand_user(settings.token_file, "link.token_file")) if settings.mechanism == "plain" else None
        )
    except ConfigError:
        return warn("bridge", f"{settings.address}: not asked", "correct the token first")
    answer = greet(settings.address, secret, client=NAME, within_s=ANSWER_WITHIN_S)
    if isinstance(answer, Welcome):
        return answer.server
    if answer is not None:
        return fail("bridge", f"{settings.address}: {answer}")
    address = urlsplit(settings.address)
    reason = probe_peer(address.hostname or "", address.port or 0, ANSWER_WITHIN_S)
    return fail(
        "bridge",
        f"{settings.address}: no answer to the token: {reason}",
        "start the game server, see that its log says 'timmy: listening', and that both have the same token",
    )

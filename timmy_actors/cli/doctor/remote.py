"""Check of the access from other machines."""

from __future__ import annotations

from collections.abc import Iterator

from timmy_actors.cli.doctor.check import Check, Subject, fail, ok, warn
from timmy_actors.daemon import check_remote
from timmy_actors.errors import ConfigError


def remote(subject: Subject) -> Iterator[Check]:
    """Whether the keys can be used, if other machines may connect."""
    settings = subject.settings.remote
    if not settings.enabled:
        return
    try:
        clients = check_remote(settings)
    except ConfigError as error:
        yield fail("remote", str(error))
        return
    detail = f"{settings.address}: {len(clients)} authorized clients"
    yield ok("remote", detail) if clients else warn("remote", detail, f"add their keys to {settings.clients_file}")

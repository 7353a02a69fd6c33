"""Finds the worlds of endpoints, also by DNS, whose answers have no deadline of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from timmy_actors.fleet.endpoints import DNS, MAX_WORLDS, Endpoint


class Lookup:
    """The worlds of one endpoint, looked up in a thread that ends when DNS has answered."""

    def __init__(self, name: str, endpoint: Endpoint) -> None:
        self.worlds: dict[str, Endpoint] = {}
        self.problem = ""
        """Why there are none."""
        self._endpoint = endpoint
        self._thread = threading.Thread(target=self._run, args=(name,), name=f"lookup of {name}", daemon=True)
        self._thread.start()

    def has_ended(self, deadline: float) -> bool:
        """Whether it ends before a time."""
        self._thread.join(max(0.0, deadline - time.monotonic()))
        return not self._thread.is_alive()

    def _run(self, name: str) -> None:
        address = self._endpoint.address
        try:
            self.worlds = dict(self._endpoint.worlds(name))
        except (OSError, UnicodeError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or error
            self.problem = f"no address for {address} ({reason}): check the name, and DNS"


class Lookups:
    """The lookups of a view: one at a time for each name, however often it is asked for."""

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self._endpoints = endpoints
        self._running: dict[str, Lookup] = {}

    def resolve(self, timeout_s: float) -> tuple[dict[str, Endpoint], dict[str, str]]:
        """The worlds by name, and why a name has none; all names are looked up at once, for so many seconds."""
        deadline = time.monotonic() + timeout_s
        for name, endpoint in self._endpoints.items():
            if endpoint.address.startswith(DNS) and name not in self._running:
                self._running[name] = Lookup(name, endpoint)
        worlds: dict[str, Endpoint] = {}
        problems: dict[str, str] = {}
        for name, endpoint in self._endpoints.items():
            named, problem = self._outcome(name, endpoint, deadline, timeout_s)
            if len(worlds) + len(named) > MAX_WORLDS:
                named, problem = {}, f"{endpoint.address}: a view has at most {MAX_WORLDS} worlds, and this is too many"
            worlds.update(named)
            if problem:
                problems[name] = problem
        return worlds, problems

    def _outcome(
        self, name: str, endpoint: Endpoint, deadline: float, timeout_s: float
    ) -> tuple[dict[str, Endpoint], str]:
        lookup = self._running.get(name)
        if lookup is None:
            return {name: endpoint}, ""
        if not lookup.has_ended(deadline):
            return {}, f"no address for {endpoint.address}: DNS did not answer within {timeout_s:g} s"
        del self._running[name]
        return lookup.worlds, lookup.problem

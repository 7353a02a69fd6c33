"""Builds the heartbeat's part of the tree from the settings: its policies, its tools, its episodes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timmy_actors import heartbeat as room  # its names are loaded on first use: only where it is enabled
from timmy_actors.daemon.episodes import episode_limits, episodes_folder
from timmy_actors.daemon.portal_supervisor import expand
from timmy_actors.daemon.settings import PolicyName, Settings, portals_path
from timmy_actors.daemon.shared_state import SharedState
from timmy_actors.errors import ConfigError, RefusedError
from timmy_actors.portals import check_world, choose, load_catalog, load_prompts
from timmy_actors.supervision import ChildSpec, Directory
from timmy_actors.system import import_callable, read_token
from timmy_actors.version import __version__

if TYPE_CHECKING:
    from timmy_actors.heartbeat import CoreOptions, HeartbeatActor, HeartbeatOptions, OpenAiOptions, Policy

STOP_WITHIN_S = 10.0
"""A policy's thread has two seconds to end, an episode five."""
API_KEY_VARIABLE = "OPENAI_API_KEY"
SLOW: frozenset[PolicyName] = frozenset({"openai", "python"})


class HeartbeatPart:
    """Builds the heartbeat's child spec; nothing of it is read or checked while it is disabled."""

    def __init__(self, settings: Settings, *, folder: Path, journal: Path) -> None:
        self._settings = settings
        self._heartbeat = settings.heartbeat
        self._folder = folder
        self._journal = journal

    @property
    def secret_files(self) -> list[Path]:
        """The file with the model's API key, if one is named."""
        name = self._heartbeat.openai.api_key_file
        return [self._path(name, "heartbeat.openai.api_key_file")] if name else []

    def check(self) -> None:
        """Check everything that the heartbeat needs: its world, its tools, its policies.

        Raises:
            ConfigError: something is missing or wrong; the message names the key or the line, and the remedy.
        """
        if not self._heartbeat.enabled:
            return
        self._world()
        self._check_tools()
        for name in self._policies():
            self._maker(name)

    def specs(self, directory: Directory, shared: SharedState) -> list[ChildSpec]:
        """The child spec, if it is enabled."""
        if not self._heartbeat.enabled:
            return []
        options = self._options()

        def make() -> HeartbeatActor:
            return room.HeartbeatActor(
                options,
                directory=directory,
                perceptions=shared.perceptions,
                entry=shared.portal,
                portal=shared.portal_status,
                world=shared.world,
                status=shared.heartbeat,
            )

        return [ChildSpec("heartbeat", make, shutdown_s=STOP_WITHIN_S)]

    def _options(self) -> HeartbeatOptions:
        heartbeat, world = self._heartbeat, self._world()
        named = self._settings.worlds.get(world or "")
        names = self._policies()
        meta: dict[str, Any] = {
            "version": __version__,
            "policy": heartbeat.policy,
            "model": heartbeat.openai.model or None,
            "goal": heartbeat.goal,
            "portal": self._settings.portal if heartbeat.perceives != "bridge" else None,
            "world": world,
            "rate_hz": heartbeat.rate_hz,
        }
        return room.HeartbeatOptions(
            core=self._core(names),
            policies=tuple(self._maker(name) for name in names),
            player=self._settings.player if named is None or named.player is None else named.player,
            perceives=heartbeat.perceives,
            commands=() if heartbeat.perceives == "portal" else heartbeat.commands,
            folder=episodes_folder(self._settings),
            journal=self._journal if self._settings.journal.enabled else None,
            begins=heartbeat.begins,
            is_embedded=self._settings.world.embedded,
            limits=episode_limits(self._settings),
            secrets=[key] if (key := self._api_key()) else [],
            meta={name: value for name, value in meta.items() if value not in (None, "")},
        )

    def _core(self, names: tuple[PolicyName, ...]) -> CoreOptions:
        heartbeat = self._heartbeat
        return room.CoreOptions(
            policies=tuple(room.PolicyFacts(name, name in SLOW, name == "human") for name in names),
            rate_hz=heartbeat.rate_hz,
            goal=heartbeat.goal,
            perceive_timeout_s=heartbeat.perceive_timeout_s,
            decide_timeout_s=heartbeat.decide_timeout_s,
            act_timeout_s=heartbeat.act_timeout_s,
            freezes=heartbeat.thinking == "freeze" and self._settings.world.embedded,
            repeats=heartbeat.repeats,
            memory_chars=heartbeat.memory_chars,
            max_tokens=heartbeat.max_tokens,
            max_cost=heartbeat.max_cost,
        )

    def _world(self) -> str | None:
        """The world that the portal's entry names."""
        if self._heartbeat.perceives != "both":
            return None
        return check_world(portals_path(self._settings, self._folder), self._settings.portal, self._settings.worlds)

    def _check_tools(self) -> None:
        try:
            room.Toolbox(self._heartbeat.commands, player=self._settings.player, bindings=None)
        except RefusedError as refused:
            raise ConfigError(f"heartbeat.commands: {refused.message}") from refused

    def _policies(self) -> tuple[PolicyName, ...]:
        fallback = self._heartbeat.fallback
        return (self._heartbeat.policy,) if fallback == "" else (self._heartbeat.policy, fallback)

    def _maker(self, name: PolicyName) -> Callable[[], Policy] | None:
        """Creates a policy; what its settings name is checked now."""
        heartbeat = self._heartbeat
        match name:
            case "scripted":
                script = room.load_script(self._named(heartbeat.scripted.file, "heartbeat.scripted.file"))
                return lambda: room.ScriptedPolicy(script, repeats=heartbeat.scripted.repeats)
            case "python":
                function = import_callable(heartbeat.python.function, "heartbeat.python.function", self._folder)
                return lambda: room.PythonPolicy(function)
            case "replay":
                episode = self._named(heartbeat.replay.episode, "heartbeat.replay.episode")
                return lambda: room.ReplayPolicy(episode)
            case "openai":
                options = self._openai()
                return lambda: room.OpenAiPolicy(options)
            case "human":
                return None

    def _openai(self) -> OpenAiOptions:
        settings = self._heartbeat.openai
        if not settings.model:
            raise ConfigError("heartbeat.openai.model: name the model, as the endpoint calls it")
        room.check_openai()
        prompts = None
        if self._heartbeat.perceives != "bridge":
            catalog = portals_path(self._settings, self._folder)
            entry = choose(load_catalog(catalog), self._settings.portal, catalog)
            prompts = load_prompts(entry, catalog.parent)
        return room.OpenAiOptions(
            base_url=settings.base_url,
            model=settings.model,
            api_key=self._api_key(),
            images=settings.images,
            context_chars=settings.context_chars,
            max_output_tokens=settings.max_output_tokens,
            temperature=settings.temperature,
            tool_choice=settings.tool_choice,
            price_input=settings.price_input,
            price_output=settings.price_output,
            prompts=prompts,
        )

    def _api_key(self) -> str:
        """The key from the configured file, else from the environment; local endpoints need none."""
        files = self.secret_files
        return read_token(files[0]) if files else os.environ.get(API_KEY_VARIABLE, "").strip()

    def _named(self, path: str, key: str) -> Path:
        if not path:
            raise ConfigError(f"{key}: name the file")
        return self._path(path, key)

    def _path(self, path: str, key: str) -> Path:
        return expand(path, key, self._folder)

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.peer import Peer
from tests.runtimes import fresh, running
from tests.waiting import eventually
from timmy_actors import Runtime
from timmy_actors.daemon import DesktopSettings, LinkSettings, Settings
from timmy_actors.daemon.reload_plan import make_plan
from timmy_actors.daemon.settings import PerceptionSettings
from timmy_actors.errors import ConfigError
from timmy_actors.system import config_folder

OLD = Settings()


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({}, ()),
        ({"log_level": "debug"}, ("log level",)),
        ({"perception": PerceptionSettings(rate_hz=1.0)}, ("perception",)),
        ({"link": LinkSettings(address="tcp://127.0.0.1:1")}, ("link",)),
        ({"link": LinkSettings(mechanism="null"), "perception": PerceptionSettings(radius=1.0)}, ("link",)),
        ({"desktop": DesktopSettings(url="http://127.0.0.1:1")}, ("desktop-control",)),
        ({"desktop": DesktopSettings(url="http://127.0.0.1:1", captures_kept=1)}, ("portals",)),
        ({"portal": "quake"}, ("portal choice",)),
        ({"portals_file": "/x.json", "portal": "quake"}, ("portals", "portal choice")),
    ],
)
def test_a_change_restarts_only_the_parts_that_use_it(changes: dict[str, Any], parts: tuple[str, ...]) -> None:
    plan = make_plan(OLD, OLD.model_copy(update=changes))
    assert (plan.parts, plan.needs_restart) == (parts, ())
    assert plan.settings == OLD.model_copy(update=changes)


def test_a_key_that_needs_a_restart_of_the_daemon_is_named_and_keeps_its_value() -> None:
    changed = {"player": "Jiub", "link": LinkSettings(client="other", heartbeat_interval_s=2.0)}
    plan = make_plan(OLD, OLD.model_copy(update=changed))
    assert (plan.parts, plan.needs_restart) == (("link",), ("player", "link.client"))
    assert (plan.settings.player, plan.settings.link.client) == (OLD.player, OLD.link.client)
    assert plan.settings.link.heartbeat_interval_s == 2.0
    assert plan.describe() == (
        "link.heartbeat_interval_s applied (link);"
        " player, link.client keeps its old value: restart the daemon to apply it"
    )


def write(file: Path, peer: Peer, text: str = "", link: str = "") -> None:
    catalog = config_folder() / "portals.json"
    file.write_text(
        f'portals_file = "{catalog}"\n{text}\n[world]\nembedded = false\n'
        f'[link]\naddress = "{peer.address}"\nmechanism = "null"\n{link}'
    )


def test_a_reload_restarts_sessions_and_portals_and_keeps_the_choice_of_the_portal(tmp_path: Path) -> None:
    file = tmp_path / "timmy.toml"
    with Peer() as peer:
        write(file, peer)
        with Runtime.from_config(file) as runtime:
            fresh(runtime)
            generations = {name: entry.generation for name, entry in runtime.directory.entries.items()}
            runtime.use_portal("bannerlord")

            write(file, peer, link='[desktop]\nurl = "http://127.0.0.1:9/mcp"\n')
            assert runtime.reload().parts == ("desktop-control",)
            assert runtime.directory.entries["desktop-control"].generation > generations["desktop-control"]
            assert runtime.directory.entries["portal"].generation == generations["portal"]

            write(file, peer, link="[desktop]\ncaptures_kept = 7\n")
            assert runtime.reload().parts == ("portals",)
            assert runtime.directory.entries["portal"].generation > generations["portal"]
            assert runtime.directory.entries["connection"].generation == generations["connection"]
            assert runtime.portals().chosen == "bannerlord"

            write(file, peer, 'portal = "bannerlord"', link="[desktop]\ncaptures_kept = 7\n")
            assert runtime.reload().parts == ("portal choice",)
            eventually(lambda: runtime.status().portal == "bannerlord")
            assert runtime.reload().describe() == "nothing has changed"


@pytest.mark.parametrize(
    ("text", "link", "mistake"),
    [
        ('portal = "nosuch"', "", "nosuch"),
        ("", 'token_file = "nowhere"\n[desktop]\ntools = "nosuch"\n', "nosuch"),
        ("", "heartbeat_interval_s = true\n", "line 8: link.heartbeat_interval_s"),
    ],
)
def test_a_mistake_keeps_the_old_configuration(tmp_path: Path, text: str, link: str, mistake: str) -> None:
    file = tmp_path / "timmy.toml"
    with Peer() as peer:
        write(file, peer)
        with Runtime.from_config(file) as runtime:
            before = runtime.settings
            write(file, peer, text, link)
            with pytest.raises(ConfigError, match=mistake):
                runtime.reload()
            assert runtime.settings is before
            fresh(runtime)


def test_settings_that_were_not_read_from_a_file_are_not_reloaded(peer: Peer) -> None:
    with running(peer.address) as runtime, pytest.raises(ConfigError, match="not read from a file"):
        runtime.reload()


def test_a_portal_that_was_just_added_to_the_catalog_is_used_by_a_reload(tmp_path: Path) -> None:
    file, catalog = tmp_path / "timmy.toml", tmp_path / "portals.json"
    shipped = json.loads((config_folder() / "portals.json").read_text())
    portals = shipped if isinstance(shipped, list) else shipped["portals"]

    def rewrite(portal: str, entries: list[dict[str, Any]]) -> None:
        catalog.write_text(json.dumps(entries))
        write(file, peer, f'portal = "{portal}"')
        file.write_text(file.read_text().replace(str(config_folder() / "portals.json"), str(catalog)))

    with Peer() as peer:
        rewrite(portals[0]["id"], portals)
        with Runtime.from_config(file) as runtime:
            fresh(runtime)
            generation = runtime.directory.entries["portal"].generation
            rewrite("new", [*portals, {**portals[0], "id": "new"}])
            assert runtime.reload().parts == ("portal choice",)
            assert runtime.portals().chosen == "new"
            assert runtime.directory.entries["portal"].generation == generation

"""How a login or a connection can end, what to do about it, and when to try again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from timmy_actors.player_client.raknet.client import EndReason

EndCode = Literal[
    "no_answer",
    "other_version",
    "server_full",
    "banned",
    "already_connected",
    "too_recent",
    "not_accepted",
    "kicked",
    "kicked_while_connecting",
    "lost",
    "closed",
    "needs_plugin_list",
    "wrong_plugin_list",
    "wrong_password",
    "no_account",
    "login_timeout",
]

Again = Literal["at once", "later", "never"]
"""When to try again: after the supervisor's backoff, after minutes, or only when something was corrected."""
AT_ONCE: Again = "at once"
LATER: Again = "later"
NEVER: Again = "never"


@dataclass(frozen=True)
class Ending:
    """Why a connection ended, in words for the operator."""

    code: EndCode
    message: str
    again: Again


ENDINGS: dict[EndCode, Ending] = {
    ending.code: ending
    for ending in (
        Ending("no_answer", "the server does not answer: check that it runs, and its address and UDP port", AT_ONCE),
        Ending(
            "other_version",
            "the server is not the version of TES3MP that this client is set to: set player_client.commit to the second"
            " line of the server's file resources/version (TES3MP 0.8.1 only)",
            NEVER,
        ),
        Ending("server_full", "the server is full", LATER),
        Ending("banned", "the server bans this address: ask its operator", NEVER),
        Ending("already_connected", "the server still has a connection of this address", AT_ONCE),
        Ending("too_recent", "the server lets an address connect only so often", LATER),
        Ending("not_accepted", "the server opened the connection and did not go on", AT_ONCE),
        Ending("kicked", "the server ended the connection: a kick, a ban, or its end; its log has the reason", LATER),
        Ending(
            "kicked_while_connecting",
            "the server dropped the player during the login without a word: the name is in use or not allowed there, or"
            " too many clients have this address (its config.lua: maxClientsPerIP, 3 by default)",
            LATER,
        ),
        Ending("lost", "the server acknowledges nothing any more: it is gone, frozen, or cut off", AT_ONCE),
        Ending("closed", "this client left", AT_ONCE),
        Ending(
            "needs_plugin_list",
            "the server demands a list of data files: write a line for each, with its name and CRC-32, and name the"
            " file in player_client.plugins_file; the server's operator has the list",
            NEVER,
        ),
        Ending(
            "wrong_plugin_list",
            "the server demands other data files than player_client.plugins_file lists: names, order or checksums"
            " differ; the server's operator has the list",
            NEVER,
        ),
        Ending(
            "wrong_password",
            "the server refuses the account's password: correct it in player_client.password_file",
            NEVER,
        ),
        Ending(
            "no_account",
            "the server has no account of this name, and player_client.register_account is false",
            NEVER,
        ),
        Ending("login_timeout", "the server did not let the player in: its login did not come to an end", AT_ONCE),
    )
}

CODES: dict[EndReason, EndCode] = {
    EndReason.NO_ANSWER: "no_answer",
    EndReason.WRONG_VERSION: "other_version",
    EndReason.FULL: "server_full",
    EndReason.BANNED: "banned",
    EndReason.ALREADY_CONNECTED: "already_connected",
    EndReason.TOO_RECENT: "too_recent",
    EndReason.WRONG_PASSWORD: "other_version",
    EndReason.NOT_ACCEPTED: "not_accepted",
    EndReason.DISCONNECTED: "kicked",
    EndReason.LOST: "lost",
    EndReason.CLOSED: "closed",
}
"""What the transport's reasons mean, where the login does not know better."""

"""The patterns of texts on the wire, each with what must hold in words.

`make declarations` translates them for the bridge: character classes, `+`, `*`, `^` and `$`, nothing else.
"""

from __future__ import annotations

ONE_LINE = r"^[^\x00-\x1f\x7f]+$"
LABEL = r"^[^\x00-\x1f\x7f;]+$"
CHAT_LINE = r"^[^\x00-\x1f\x7f/][^\x00-\x1f\x7f]*$"
CHAT_COMMAND = r"^/[^\x00-\x1f\x7f]*$"
LONG_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
CLIENT_NAME = r"^[A-Za-z0-9_.:-]+$"
UNIQUE_INDEX = r"^[0-9]+-[0-9]+$"
ANIMATION_GROUP = r"^[A-Za-z0-9][A-Za-z0-9_]*$"
TRACEPARENT = r"^[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+$"

PATTERN_WORDS = {
    ONE_LINE: "must be one line without control characters",
    LABEL: "must be one line without control characters and without ';', which separates buttons",
    CHAT_LINE: "must be one line that does not begin with '/': give a chat command to chat_command",
    CHAT_COMMAND: "must be one line that begins with '/': give what is to be said to chat",
    LONG_TEXT: "must have no control characters but tabs and line ends",
    CLIENT_NAME: "must consist of letters, digits and _ . : -",
    UNIQUE_INDEX: 'must be a unique index like "12345-0" or "0-17"',
    ANIMATION_GROUP: 'must be the name of an animation group like "idle3"',
    TRACEPARENT: "must be a W3C traceparent: version, trace, span and flags in lowercase hexadecimal digits",
}

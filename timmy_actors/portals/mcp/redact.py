"""Secrets, taken out of what others say before it goes anywhere. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

REDACTED = "[redacted]"
_QUERY_KEY = re.compile(rb"([?&](?:key|access_token|token)=)[^&\s\"'\\<>]+", re.IGNORECASE)
SHORTEST = 6
"""A shorter secret would take half of every text with it; nobody has one."""


class Redactor:
    """Replaces known secrets, and whatever a URL carries as its key."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = [secret.encode() for secret in secrets if len(secret) >= SHORTEST]

    def clean(self, raw: bytes) -> bytes:
        """The same without them."""
        for secret in self._secrets:
            raw = raw.replace(secret, REDACTED.encode())
        return _QUERY_KEY.sub(rb"\1" + REDACTED.encode(), raw) if b"=" in raw else raw

    def clean_text(self, text: str) -> str:
        """The same for a text."""
        return self.clean(text.encode(errors="backslashreplace")).decode(errors="replace")

    def clean_value(self, value: Any) -> Any:
        """The same for all texts in a JSON value."""
        if isinstance(value, str):
            return self.clean_text(value)
        if isinstance(value, Mapping):
            return {name: self.clean_value(inner) for name, inner in value.items()}
        return [self.clean_value(inner) for inner in value] if isinstance(value, list) else value

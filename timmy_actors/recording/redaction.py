"""Removes secrets from the JSON text of a record. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection

REDACTED = "[redacted]"
SHORTEST_SECRET = 8
"""A shorter text is too common to be replaced wherever it occurs."""
_SECRET_NAMES = ("_key", "-key", "apikey", "password", "passwd", "secret", "authorization", "token")
_NAME = "|".join(_SECRET_NAMES)
_MEMBER = rf'((?:{_NAME})"\s*:\s*")(?:[^"\\]|\\.)+'
_QUOTED_MEMBER = rf'((?:{_NAME})\\+"\s*:\s*\\+")[^"\\]+'
"""A member of JSON that is itself a text in JSON, as an observation is in a prompt."""
_HEADER = r"(bearer\s+|authorization:\s*\w+\s+)[\w.~+/=-]{16,}"
_QUERY = r"([?&](?:key|api_key|token|access_token)=)[^&\s\"\\]+"
_KEY = r"()(?-i:[srp]k-(?<!\w.k-))[\w-]{16,}"
"""Looks back for the word's start only where the prefix is: three times as fast as a search for words."""
FORMS: tuple[tuple[tuple[str, ...], str], ...] = (
    (tuple(f'{name}":' for name in _SECRET_NAMES), _MEMBER),
    (tuple(f'{name}\\":' for name in _SECRET_NAMES), _QUOTED_MEMBER),
    (("bearer ", "authorization:"), _HEADER),
    (("key=", "token="), _QUERY),
    (("sk-", "rk-", "pk-"), _KEY),
    (("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"), r"(\b)(?:gh[pousr]|github_pat)_\w{20,}"),
    (("hf_",), r"(\b)hf_\w{20,}"),
    (("xox",), r"(\b)xox[abprs]-[\w-]{10,}"),
    (("akia", "aiza"), r"(\b)(?:AKIA[0-9A-Z]{16}|AIza[\w-]{30,})"),
    (("eyj",), r"(\b)eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
)
"""Words of which one is in every text of that form, in lower case, and the form. Looking for the words first makes a
text without secrets a hundred times cheaper than the forms would. A member's name is looked for with its colon: a topic
of the game that ends with `secret` is no reason to search the record."""
_COMPILED = tuple((words, re.compile(form, re.IGNORECASE)) for words, form in FORMS)


class Redactor:
    """Replaces secrets: the given ones wherever they occur, others by their form or the member that holds them."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        known = [json.dumps(secret, ensure_ascii=False)[1:-1] for secret in secrets if len(secret) >= SHORTEST_SECRET]
        self._known = sorted(known, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text without secrets; valid JSON stays valid."""
        for secret in self._known:
            text = text.replace(secret, REDACTED)
        lower = text.lower()
        for words, form in _COMPILED:
            if any(word in lower for word in words):
                text = form.sub(rf"\1{REDACTED}", text)
        return text

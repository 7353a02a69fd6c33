"""The first thing that is wrong with a value, in words that the bridge uses too (`lua/timmy/wire/checks.lua`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from timmy_actors.protocol._base import MAX_ECHO
from timmy_actors.protocol.patterns import PATTERN_WORDS

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

WORDS = {
    "missing": "is required",
    "string_type": "must be a string",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "extra_forbidden": "is no field here",
    "greater_than_equal": "must be at least {ge:.14g}",
    "greater_than": "must be above {gt:.14g}",
    "less_than_equal": "must be at most {le:.14g}",
    "less_than": "must be below {lt:.14g}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} items",
    "too_long": "must have at most {max_length} items",
    "literal_error": "must be {expected}",
    "union_tag_invalid": "{discriminator} must be one of {expected_tags}",
    "union_tag_not_found": "{discriminator} is required",
}
"""What must hold, by pydantic's name of the error, with the values in its context."""


class Mistake(NamedTuple):
    """The first thing that is wrong with a value that was validated."""

    path: tuple[str | int, ...]
    """Where it stands: keys and indices, from the outermost."""
    kind: str
    """Pydantic's name of the error: `extra_forbidden`."""
    text: str
    """What must hold there, for the person who wrote the value: `must be at least 1`."""

    @property
    def field(self) -> str | None:
        """The path with dots, shortened; None where the value as a whole is wrong."""
        return ".".join(map(str, self.path))[:MAX_ECHO] or None

    def at(self, whole: str) -> str:
        """`field: text`; `whole` is what the value itself is called."""
        return f"{self.field or whole}: {self.text}"


def first_mistake(error: ValidationError) -> Mistake:
    """The first error that pydantic reports, as text that repeats neither the input nor pydantic's own terms."""
    return mistake_of(error.errors(include_url=False, include_input=False)[0])


def mistake_of(details: ErrorDetails) -> Mistake:
    """One error that pydantic reports, as text that repeats neither the input nor pydantic's own terms."""
    return Mistake(details["loc"], details["type"], _in_words(details))


def _in_words(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    match kind, context:
        case "value_error", {"error": reason}:
            return str(reason)
        case "string_pattern_mismatch", {"pattern": pattern} if pattern in PATTERN_WORDS:
            return PATTERN_WORDS[pattern]
        case "string_too_short", {"min_length": 1}:
            return "must not be empty"
    words = WORDS.get(kind)
    return words.format_map(context) if words else re.sub("^(Input|String) should ", "must ", error["msg"])

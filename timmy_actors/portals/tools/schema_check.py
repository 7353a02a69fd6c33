"""Arguments checked against a JSON Schema before they are sent. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class SchemaCheck:
    """One schema, looked at once: a server's may be none, and is somebody's words."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415  30 ms that only a call needs

        self._validator = Draft202012Validator(schema)
        self.broken: str | None = None
        """What is wrong with the schema itself."""
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            self.broken = error.message[:200]

    def complaint(self, arguments: Mapping[str, Any]) -> str | None:
        """What of the arguments the schema does not allow."""
        from referencing.exceptions import Unresolvable  # noqa: PLC0415  the same

        try:
            error = next(self._validator.iter_errors(arguments), None)
        except Unresolvable as missing:
            self.broken = f"it speaks of {missing.ref}, which is nowhere"[:200]
            return None
        if error is None:
            return None
        where = ".".join(str(part) for part in error.absolute_path)
        return (f"{where}: {error.message}" if where else error.message)[:300]

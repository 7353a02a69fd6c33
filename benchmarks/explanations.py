"""Why a figure misses its goal, by room and figure: printed on the page while it does."""

from __future__ import annotations

EXPLANATIONS: dict[str, dict[str, str]] = {}

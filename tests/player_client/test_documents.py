"""The page lists every packet, and what this client does with it."""

from __future__ import annotations

from pathlib import Path

from timmy_actors.player_client import LAYOUTS, Layout

PAGE = Path(__file__).parents[2] / "docs" / "player-client.md"
USES = {"r": "read", "w": "written", "rw": "read, written", "p": "skipped"}
SENDERS = {"-": "unused"}


def row(layout: Layout) -> str:
    """A packet's row in the page."""
    members = f"`{layout.text}`".replace("|", "\\|") if layout.text else ""
    sender = SENDERS.get(layout.sender, layout.sender)
    return f"| {layout.number} | {layout.name} | {layout.channel} | {sender} | {USES[layout.use]} | {members} |"


def test_the_page_has_the_table_of_packets() -> None:
    rows = [
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| 1") or "| 2" in line[:3]
    ]
    assert rows == [row(layout) for layout in LAYOUTS]

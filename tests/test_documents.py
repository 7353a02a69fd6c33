"""What README, CONTRIBUTING, CHANGELOG and docs/ say of the tree is so."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
PAGES = sorted((TOP / "docs").glob("*.md"))
DOCUMENTS = [TOP / "README.md", TOP / "CONTRIBUTING.md", TOP / "CHANGELOG.md", *PAGES]
LINK = re.compile(r"\]\((?!https?://)([^)#]*)(?:#([^)]+))?\)")
TARGET = re.compile(r"^([a-z-]+):.*## ", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
TREE = re.compile(r"^ +(\w+) --> (\w+)\[", re.MULTILINE)
SOMEBODYS_FOLDER = re.compile(r"(?:/root|/work|/builds|/home/(?!timmy/))[\w/]*")


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """The names that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", text_of(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(document: Path) -> list[str]:
    """The links of a document that lead nowhere."""
    found = []
    for path, anchor in LINK.findall(text_of(document)):
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(f"{path}#{anchor}")
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    assert broken(document) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_names_somebodys_folder(document: Path) -> None:
    assert SOMEBODYS_FOLDER.findall(text_of(document)) == []


def test_the_speed_of_a_capture_stands_on_one_page() -> None:
    told = re.compile(r"\d\.\d (?:x|times)\b")
    assert [path.name for path in PAGES if "capture_state" in text_of(path) and told.search(text_of(path))] == [
        "desktop-control.md"
    ]


def test_the_readme_says_what_every_page_is_for() -> None:
    index = text_of(TOP / "README.md").split("## Where to read on")[1].split("\n## ")[0]
    assert sorted(re.findall(r"\]\(docs/([\w-]+\.md)\)", index)) == [page.name for page in PAGES]


def test_contributing_lists_every_target_as_make_help_does() -> None:
    targets = TARGET.findall(text_of(TOP / "Makefile"))
    listed = re.findall(r"^\| `make ([a-z-]+)[^`]*` \|", text_of(TOP / "CONTRIBUTING.md"), re.MULTILINE)
    assert sorted(listed) == sorted(targets)


def test_contributing_has_a_row_for_every_room() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "timmy_actors", "lua"], cwd=TOP, check=True, capture_output=True, text=True
    )
    parts = [Path(line).parts for line in tracked.stdout.splitlines()]
    rooms = {f"{found[1]}/" for found in parts if found[0] == "timmy_actors" and len(found) > 2}
    modules = {found[1] for found in parts if found[0] == "timmy_actors" and len(found) == 2 and "__" not in found[1]}
    rooms |= {f"lua/{found[1]}/" for found in parts if found[0] == "lua" and len(found) > 2}
    table = text_of(TOP / "CONTRIBUTING.md").split("## Rooms")[1].split("\n## ")[0]
    named = {
        name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)
    }
    assert (rooms | modules) - named - {"py.typed"} == set()
    assert [name for name in named if not any((folder / name).exists() for folder in (TOP, TOP / "timmy_actors"))] == []

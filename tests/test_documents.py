"""Checks README, CONTRIBUTING, CHANGELOG and docs/ against the source tree."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
PAGES = sorted(page for page in (TOP / "docs").glob("*.md") if page.name not in ("changelog.md", "contributing.md"))
"""Without those of the site that include a file of the top folder."""
DOCUMENTS = [TOP / "README.md", TOP / "CONTRIBUTING.md", TOP / "CHANGELOG.md", TOP / "findings" / "README.md", *PAGES]
LINK = re.compile(r"\]\((?!https?://)([^)#]*)(?:#([^)]+))?\)")
TARGET = re.compile(r"^([a-z-]+):.*## ", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
ABSOLUTE_PATH = re.compile(r"(?<![\w.~$})/:>*\]])/(?:[A-Za-z][\w.-]*/)+[\w.-]+")
ALLOWED_PATHS = re.compile(
    r"/(?:dev|proc|etc|tmp|run|var|usr/(?:bin|local|lib|share|sbin)|lib|opt|srv|bin|sys)/"
    r"|/home/timmy/|/(?:health|v1)/"
)
"""Folders that every Linux has, the home folder in the documents' examples, and the paths of the HTTP server."""
FILE = re.compile(r"`((?:timmy_actors|lua)/[\w./-]+\.(?:py|lua))`")
CITED = re.compile(r"(?<![\w./-])((?:docs|design|reference|spec|repro)/[\w./-]+\.(?:md|json))")


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", text_of(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(document: Path) -> list[str]:
    """The broken links of a document."""
    links = []
    for path, anchor in LINK.findall(text_of(document)):
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            links.append(f"{path}#{anchor}")
    return links


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    assert broken(document) == []


def absolute_paths(text: str) -> list[str]:
    """The absolute paths in a text, except the allowed ones."""
    return [path for path in ABSOLUTE_PATH.findall(text) if not ALLOWED_PATHS.match(path)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_names_a_folder_of_one_machine(document: Path) -> None:
    assert absolute_paths(text_of(document)) == []


@pytest.mark.parametrize(
    "document", [page for page in DOCUMENTS if page.name != "CHANGELOG.md"], ids=lambda path: path.name
)
def test_every_source_file_that_a_page_names_by_its_path_is_there(document: Path) -> None:
    named = [name for name in FILE.findall(text_of(document)) if "TOPIC" not in name]
    assert [name for name in named if not (TOP / name).is_file()] == []


@pytest.mark.parametrize("path", ["/root/x", "/home/user/x", "/Users/user/x", "/builds/a/b", "/mnt/disk/x", "/a/b"])
def test_a_folder_of_one_machine_is_found_whatever_its_name(path: str) -> None:
    assert absolute_paths(f"it is in {path}, or `{path}`") == [path, path]


@pytest.mark.parametrize(
    "text", ["/dev/null", "docs/raw.md", "https://a.example/b/c", "~/a/b", "$HOME/a/b", "and/or/both"]
)
def test_what_is_the_same_everywhere_and_what_is_relative_is_no_finding(text: str) -> None:
    assert absolute_paths(f"see {text} for it") == []


def test_a_document_that_is_cited_is_found_in_a_comment() -> None:
    assert CITED.findall("-- see spec/bridge.md, docs/raw.md and https://a.example/docs/x.md") == [
        "spec/bridge.md",
        "docs/raw.md",
    ]


def test_comments_cite_only_documents_that_are_here() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=TOP, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    sources = [Path(name) for name in tracked if name.endswith((".py", ".lua", ".sh", ".md", ".toml", ".yaml"))]
    missing = [
        f"{name}: {cited}"
        for name in sources
        for cited in CITED.findall(text_of(TOP / name))
        if name != Path("tests/test_documents.py")
        and not (TOP / cited).exists()
        and not (TOP / name.parent / cited).exists()
    ]
    assert missing == []


def test_the_speed_of_a_capture_stands_on_one_page() -> None:
    speed = re.compile(r"\d\.\d (?:x|times)\b")
    described = [page for page in PAGES if page.name != "benchmarks.md"]  # that one is generated
    assert [path.name for path in described if "capture_state" in text_of(path) and speed.search(text_of(path))] == [
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
    rooms = {f"{part[1]}/" for part in parts if part[0] == "timmy_actors" and len(part) > 2 and part[1][0] != "_"}
    modules = {part[1] for part in parts if part[0] == "timmy_actors" and len(part) == 2 and part[1][0] != "_"}
    rooms |= {f"lua/{part[1]}/" for part in parts if part[0] == "lua" and len(part) > 2}
    table = text_of(TOP / "CONTRIBUTING.md").split("## Rooms")[1].split("\n## ")[0]
    named = {
        name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)
    }
    assert (rooms | modules) - named - {"py.typed"} == set()
    assert [name for name in named if not any((folder / name).exists() for folder in (TOP, TOP / "timmy_actors"))] == []


def test_a_finding_has_the_form_that_contributing_describes() -> None:
    findings = sorted((TOP / "findings").glob("*.sh"))
    assert findings
    for finding in findings:
        text = text_of(finding)
        assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)+\.sh", finding.name)
        assert len(text.splitlines()) <= 80
        for part in ("\n# One expects", "\n# What happens", "\n# Who is affected", "mktemp -d", "exit 2"):
            assert part in text, f"{finding.name} lacks {part!r}"
        assert "timmy" not in text

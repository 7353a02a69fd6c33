"""Checks a built site: `python -m tools.site_links FOLDER`. Every link and picture leads somewhere within it.

Links to other hosts are not followed. Mistakes, too, are a page that no link from the index reaches, a script that a
browser refuses in a page that is opened as a file, and a row of a table that the page shows as text.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

INDEX = "index.html"
ATTRIBUTES = ("href", "src", "data-src")
_MODULE = re.compile(r"""<script [^>]*type="module"[^>]*>[^<]*\bimport [^<"']*["']\.""")
_LOOSE_ROW = re.compile(r"<p>\s*\|")


class _Page(HTMLParser):
    """What a page links to, and what in it can be linked to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  the base's
        """Collect the links and the names of an element."""
        named = dict(attrs)
        self.links += [link for name in ATTRIBUTES if (link := named.get(name))]
        self.anchors |= {anchor for name in ("id", "name") if (anchor := named.get(name))}


def mistakes(site: Path) -> Iterator[str]:
    """A line for each mistake: first those of single pages, then the links, then the pages that cannot be reached."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(site.resolve().rglob("*.html"))}
    for path, text in texts.items():
        if _MODULE.search(text):
            yield f"{path.name}: imports a module, which no browser does in a page that is opened as a file"
        if _LOOSE_ROW.search(text):
            yield f"{path.name}: shows a row of a table as text: it has an empty line before it"
    pages = {path: _Page(text) for path, text in texts.items()}
    links = {
        path: [(link, *_target(path, link)) for link in page.links if _is_here(link)] for path, page in pages.items()
    }
    for path, targets in links.items():
        for link, file, anchor in targets:
            if not file.is_file():
                yield f"{path.name}: {link} leads nowhere"
            elif anchor and file in pages and anchor not in pages[file].anchors:
                yield f"{path.name}: {link}: that page has no #{anchor}"
    reached, new = set[Path](), {site.resolve() / INDEX}
    while new:
        reached |= new
        new = {file for path in new for _, file, _ in links[path] if file in pages} - reached
    yield from (f"{path.name}: no link leads here from {INDEX}" for path in sorted(pages.keys() - reached))


def _is_here(link: str) -> bool:
    parts = urlsplit(link)
    return not parts.scheme and not parts.netloc


def _target(page: Path, link: str) -> tuple[Path, str]:
    """The file that a link leads to, and the place in it."""
    path, anchor = urldefrag(link)
    name = unquote(urlsplit(path).path)  # without a query, such as a style sheet's checksum
    file = (page.parent / name).resolve() if name else page
    return file / INDEX if file.is_dir() else file, unquote(anchor)


if __name__ == "__main__":
    sys.exit("\n".join(mistakes(Path(sys.argv[1]))) or 0)

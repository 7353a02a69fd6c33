"""Checks a built site: `python -m tools.site_links FOLDER`. Every link and picture leads somewhere within it.

Links to other hosts are not followed. A page that no link from the index reaches is a mistake, too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

INDEX = "index.html"
ATTRIBUTES = ("href", "src", "data-src")


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
    """A line for each link that leads nowhere, and for each page that cannot be reached."""
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in sorted(site.resolve().rglob("*.html"))}
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

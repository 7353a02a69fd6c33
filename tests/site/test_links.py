"""The check of a built site's links, which `make site` runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.site_links import mistakes

INDEX = """<link href="style.css?v=1"><a href="sub/page.html#place">a</a><img src="picture.png">
<a href="https://example.org/nowhere">b</a><a href="#here">c</a><p id="here"></p><a href="sub/">d</a>"""
PAGE = '<h1 id="place"></h1><a href="../index.html">up</a>'


def site(folder: Path, **pages: str) -> Path:
    """A small site, some of whose files are replaced."""
    files = {"index.html": INDEX, "sub/page.html": PAGE, "sub/index.html": "", "style.css": "", "picture.png": ""}
    for name, text in (files | pages).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_a_site_whose_links_all_lead_somewhere_has_no_mistake(tmp_path: Path) -> None:
    assert list(mistakes(site(tmp_path))) == []


@pytest.mark.parametrize(
    ("pages", "mistake"),
    [
        ({"sub/page.html": PAGE + '<img src="missing.png">'}, "page.html: missing.png leads nowhere"),
        ({"sub/page.html": PAGE + '<a href="/etc/nothing.html">'}, "page.html: /etc/nothing.html leads nowhere"),
        ({"sub/page.html": PAGE + '<a href="../index.html#gone">'}, "that page has no #gone"),
        ({"sub/page.html": ""}, "index.html: sub/page.html#place: that page has no #place"),
        ({"alone.html": PAGE.replace("../", "")}, "alone.html: no link leads here from index.html"),
    ],
)
def test_a_link_that_leads_nowhere_or_a_page_without_one_is_a_mistake(
    pages: dict[str, str], mistake: str, tmp_path: Path
) -> None:
    assert [line for line in mistakes(site(tmp_path, **pages)) if mistake in line] != []


def test_a_script_that_pages_opened_as_files_cannot_load_is_a_mistake(tmp_path: Path) -> None:
    page = PAGE + '<script type="module">import a from "./_static/a.mjs";</script>'
    assert "imports a module" in "".join(mistakes(site(tmp_path, **{"sub/page.html": page})))
    page = PAGE + '<script type="module">const a = globalThis.a;</script>'
    assert list(mistakes(site(tmp_path, **{"sub/page.html": page}))) == []


def test_a_row_of_a_table_that_is_shown_as_text_is_a_mistake(tmp_path: Path) -> None:
    page = PAGE + "<table></table>\n<p>| `a` | b |\n| `c` | d |</p>"
    assert "shows a row of a table as text" in "".join(mistakes(site(tmp_path, **{"sub/page.html": page})))

"""The documentation site: `make site` builds it with Sphinx, and a warning is an error."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from textwrap import indent
from typing import Any

from sphinx.ext.napoleon import Config, GoogleDocstring

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from timmy_actors import __version__  # noqa: E402
from tools.site_reference import fill  # noqa: E402  from the checkout

project = "timmy_actors"
version = release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinxcontrib.mermaid", "sphinx_copybutton"]
exclude_patterns = ["protocol/*"]
html_theme = "furo"
html_title = f"timmy_actors {version}"
html_show_copyright = False
html_domain_indices = False  # no page would link to it
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
default_role = "code"
autodoc_typehints = "description"
suppress_warnings = ["ref.python"]  # a type that two modules export
autodoc_member_order = "bysource"
mermaid_height = "auto"  # a tall picture keeps its size, a wide one takes no more room than it needs
mermaid_fullscreen_button = "⤢"  # more fonts have it than the extension's own
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

# The script that draws the diagrams, which `make site` fetches; a build without it has pages that load it from the web.
MERMAID = "mermaid.min.js"
if (HERE.parent / ".cache" / "site" / "static").is_dir():
    html_static_path = ["../.cache/site/static"]
    mermaid_use_local = MERMAID

ELSEWHERE = {
    "../README.md": "index.md",
    "../CHANGELOG.md": "changelog.md",
    "../CONTRIBUTING.md": "contributing.md",
    "protocol/schema": "reference/schemas.md",
    "protocol/golden": "protocol.md",
}
"""Links of the pages to what the site has under another name, or not as a page."""
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_IMPORT = re.compile(rf'import mermaid from "[./]*_static/{re.escape(MERMAID)}"')
_LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")


def _read(_app: Any, page: str, source: list[str]) -> None:
    """Fill in what comes from the code, and direct links to the site's own pages."""
    up = "../" * page.count("/")

    def target(link: re.Match[str]) -> str:
        path, anchor = link[1], link[2] or ""
        if path in ELSEWHERE:
            return f"]({up}{ELSEWHERE[path]}{anchor})"
        if path.startswith("docs/"):  # from a page that includes a file of the top folder
            return f"]({path.removeprefix('docs/')}{anchor})"
        return link[0]

    source[0] = _LINK.sub(target, fill(source[0]))


def _as_restructured_text(  # noqa: PLR0917  as Sphinx calls it
    app: Any, kind: str, name: str, value: object, options: object, lines: list[str]
) -> None:
    """Docstrings have Markdown's blocks of code, and sections such as "Raises:"."""
    if name == "timmy_actors.errors":
        del lines[1:]  # its tree stands on a page of its own
    text = _BLOCK.sub(lambda block: f".. code-block:: {block[1]}\n\n{indent(block[2], '   ')}", "\n".join(lines))
    lines[:] = text.split("\n")
    if kind not in ("attribute", "data", "property"):  # there it takes the words before a colon for a type
        lines[:] = GoogleDocstring(lines, Config(), app, kind, name, value, options).lines()


def _draw_in_files(app: Any, _page: str, _template: str, context: dict[str, Any], _tree: Any) -> None:
    """Load mermaid as a script: a browser imports no module into a page that is opened as a file."""
    for script in list(context["script_files"]):
        attributes = getattr(script, "attributes", {})
        if _IMPORT.match(attributes.get("body", "")):
            attributes["body"] = _IMPORT.sub("const mermaid = globalThis.mermaid", attributes["body"])
            app.add_js_file(MERMAID)


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _read)
    app.connect("autodoc-process-docstring", _as_restructured_text)
    app.connect("html-page-context", _draw_in_files, priority=900)  # after the extension has added its module
    app.connect("include-read", lambda app, _path, page, source: _read(app, page, source))

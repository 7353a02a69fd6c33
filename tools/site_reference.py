"""The pages of the site's reference that come from the code: `<!-- reference: NAME -->` in a page.

`docs/conf.py` replaces the line by what the function of this name returns, in Markdown, when the site is built.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

from timmy_actors import errors
from timmy_actors.protocol import ErrorCode
from timmy_actors.protocol.events import EVENT_DATA
from timmy_actors.serving.http import metrics
from timmy_actors.system import config_folder
from timmy_actors.worlds import load_tasks

MARK = re.compile(r"^<!-- reference: ([a-z]+) -->$", re.MULTILINE)
TOP = Path(__file__).parents[1]
SCHEMAS, README = TOP / "docs" / "protocol" / "schema", TOP / "README.md"
PICTURE_OF_THE_TREE = re.compile(r"^## The tree\n\n(```mermaid\n.*?^```)$", re.MULTILINE | re.DOTALL)
METRIC_TYPES = {"Counter": "counter", "Histogram": "histogram", "CounterMetricFamily": "counter",
                "GaugeMetricFamily": "gauge", "_gauge": "gauge"}  # fmt: skip


def configuration() -> str:
    """The shipped configuration file, which has every key with its default and its effect."""
    text = (config_folder() / "timmy.toml").read_text(encoding="utf-8")
    return f"```toml\n{text}```"


def events() -> str:
    """A row per event: when it is sent, and the fields of its data."""
    rows = (
        (f"`{name}`", _first_line(model), ", ".join(f"`{field}`" for field in model.model_fields) or "-")
        for name, model in EVENT_DATA.items()
    )
    return _table(("event", "sent when", "data"), rows)


def error_codes() -> str:
    """The codes of refusals."""
    return ", ".join(f"`{code}`" for code in get_args(ErrorCode)) + "."


def exceptions() -> str:
    """The tree of exceptions as `timmy_actors/errors.py` draws it, with the exit codes of the command line."""
    return f"```text\n{inspect.cleandoc(errors.__doc__ or '')}\n```"


def metric_names() -> str:
    """A row per metric of `GET /metrics`, read from the calls that create them."""
    return _table(("metric", "type", "meaning", "labels"), sorted(_metrics(inspect.getsource(metrics))))


def tasks() -> str:
    """A row per task that ships."""
    rows = ((f"`{task.id}`", f"`timmy/{task.name}-v0`", task.goal) for task in load_tasks().values())
    return _table(("task", "environment", "goal"), rows)


def tree() -> str:
    """The picture of the tree of actors, from the README."""
    picture = PICTURE_OF_THE_TREE.search(README.read_text(encoding="utf-8"))
    if picture is None:
        raise LookupError("the README has no picture of the tree under its heading")
    return picture[1]


def schemas() -> str:
    """A link to each JSON Schema of the protocol."""
    return "\n".join(f"- [{path.name}](../protocol/schema/{path.name})" for path in sorted(SCHEMAS.glob("*.json")))


REFERENCE: dict[str, Callable[[], str]] = {
    "codes": error_codes,
    "configuration": configuration,
    "events": events,
    "exceptions": exceptions,
    "metrics": metric_names,
    "schemas": schemas,
    "tasks": tasks,
    "tree": tree,
}


def fill(text: str) -> str:
    """A page with its marks replaced."""
    return MARK.sub(lambda mark: REFERENCE[mark[1]](), text)


def _first_line(model: type[Any]) -> str:
    return " ".join(inspect.cleandoc(model.__doc__ or "").split("\n\n")[0].split())


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _metrics(source: str) -> Iterator[tuple[str, str, str, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in METRIC_TYPES:
            words = _texts(node.args)
            if len(words) != 2:
                continue
            kind = METRIC_TYPES[node.func.id]
            lists = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "labels")]
            labels = [label for each in lists if isinstance(each, ast.List) for label in _texts(each.elts)]
            name = f"`{words[0]}_total`" if kind == "counter" else f"`{words[0]}`"
            yield name, kind, words[1], ", ".join(f"`{label}`" for label in labels) or "-"


def _texts(nodes: list[ast.expr]) -> list[str]:
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]

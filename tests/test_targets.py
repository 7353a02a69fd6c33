"""Every make target works alone on a clean clone, and changes nothing outside it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.environments import INSTALLERS

TOP = Path(__file__).parents[1]
MAKEFILE = (TOP / "Makefile").read_text(encoding="utf-8")
CI = (TOP / ".ci" / "run").read_text(encoding="utf-8").replace("\\\n", " ")
RUN_BY = re.compile(r"^[a-z-]+: \$\(VENV\)/\.(installed[a-z-]*).*\n((?:\t.*\n)+)", re.MULTILINE)
MODULE = re.compile(r"python -m ([\w.]+)")
WITHOUT_THE_TESTS = """
import importlib, pkgutil, sys
sys.modules.update({"tests": None, "pytest": None})
import benchmarks
for module in pkgutil.walk_packages(benchmarks.__path__, "benchmarks."):
    importlib.import_module(module.name)
"""


def test_the_benchmarks_need_neither_the_tests_nor_pytest() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_TESTS], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("file", ["supervision.py", "contenders/timmy.py", "contenders/population.py"])
def test_the_figures_of_supervision_are_taken_through_public_names(file: str) -> None:
    private = []
    for node in ast.walk(ast.parse((TOP / "benchmarks" / file).read_text(encoding="utf-8"))):
        match node:
            case ast.Attribute(value=ast.Name("self")):
                continue
            case ast.Attribute(attr=name) if name.startswith("_") and not name.endswith("__"):
                private.append(name)
            case ast.ImportFrom(module=str(module)) if module.startswith("timmy_actors.supervision."):
                private.append(module)
    assert private == []


def test_ci_imports_what_every_target_runs_in_the_targets_own_environment() -> None:
    wanted = {(kind, name) for kind, recipe in RUN_BY.findall(MAKEFILE) for name in MODULE.findall(recipe)}
    assert len(wanted) > 8
    imported = {
        (words[1], name.removesuffix(".__main__"))
        for words in map(str.split, re.findall("^imports .*", CI, re.MULTILINE))
        for name in words[2:]
    }
    assert wanted - imported == set()


@pytest.mark.parametrize("variable", INSTALLERS)
def test_downloads_are_cached_in_the_checkout(variable: str) -> None:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PIP_CACHE_DIR", "npm_config_cache")
    }
    rule = f"printed: ; @echo $({variable}); echo $${variable}"
    make = [shutil.which("make") or "make", "--silent", "--file", "Makefile", "--eval", rule, "printed"]
    done = subprocess.run(make, cwd=TOP, env=environment, capture_output=True, text=True, check=True)
    assert all(Path(line).is_relative_to(TOP / ".cache") for line in done.stdout.split())
    assert Path(os.environ[variable]).is_absolute()


@pytest.mark.parametrize("kind", ["installed", "installed-dev", "installed-bench"])
def test_an_installation_shows_what_it_does(kind: str) -> None:
    make = [shutil.which("make") or "make", "--dry-run", "--always-make", f".venv/.{kind}"]
    installing = subprocess.run(make, cwd=TOP, capture_output=True, text=True, check=True).stdout
    assert "pip" in installing
    assert "--quiet" not in installing

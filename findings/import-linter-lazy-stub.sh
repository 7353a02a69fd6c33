#!/usr/bin/env bash
# import-linter 2.17 (with grimp 3.20): a contract that an ordinary package breaks is kept once its imports are in a stub.
# One expects: the contract means the package's modules, whichever way its front door hands them out. lazy-loader's
#   attach_stub executes __init__.pyi: the imports in it are real, and type checkers follow them.
# What happens: stubs are not read. `low` may not import `high`, does so through the package's front door, and the contract
#   is reported as kept; with the same line in __init__.py it is broken.
# Who is affected: packages that turn to lazy loading. Their layers are not checked any more, and nothing says so.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet import-linter==2.17 grimp==3.20 lazy-loader==0.6; } \
  >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >expected <<'END'
import-linter 2.17, grimp 3.20, lazy-loader 0.6
in __init__.py: low forbidden high BROKEN; app.low has a Rule of app.high
in __init__.pyi: low forbidden high KEPT; app.low has a Rule of app.high
END
cat >.importlinter <<'END'
[importlinter]
root_package = app

[importlinter:contract:1]
name = low forbidden high
type = forbidden
source_modules = app.low
forbidden_modules = app.high
END
mkdir app
echo 'class Rule: ...' >app/high.py
printf 'import app\n\n\ndef rule():\n    return app.Rule\n' >app/low.py
look() {
  printf '%s: %s; ' "$1" "$(timeout 60 env/bin/lint-imports --no-cache 2>&1 | grep -E '(KEPT|BROKEN)$' | head -n 1)"
  env/bin/python -B -c 'import app.low; found = app.low.rule(); print("app.low has a", found.__name__, "of", found.__module__)'
}
{
  env/bin/python -c 'from importlib.metadata import version as v
print(", ".join(f"{name} {v(name)}" for name in ("import-linter", "grimp", "lazy-loader")))'
  echo 'from .high import Rule' >app/__init__.py
  look "in __init__.py"
  mv app/__init__.py app/__init__.pyi
  printf 'import lazy_loader\n\n__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)\n' >app/__init__.py
  look "in __init__.pyi"
} >seen 2>&1
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen

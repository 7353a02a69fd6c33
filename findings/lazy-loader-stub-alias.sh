#!/usr/bin/env bash
# lazy-loader 0.6: attach_stub ignores `as` and __all__ in the stub.
# One expects: `from ._engine import Engine as Motor` and `__all__ = ["Motor"]` in __init__.pyi make the package's attribute
#   Motor, as these lines in __init__.py do, and as type checkers read the stub. (An absolute import there is an error.)
# What happens: without a word the package has Engine and no Motor: the type checker passes `package.Motor`, and at run time
#   it is an AttributeError. The package's __all__ and dir() show the private name.
# Who is affected: packages that rename on the way out (`from . import _io as io`), and their users, after the release.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet lazy-loader==0.6 mypy==1.19.0; } >log 2>&1 ||
  absent "pip: $(tail -n 1 log)"

mkdir package
echo 'class Engine: ...' >package/_engine.py
cat >package/__init__.py <<'END'
import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
END
printf 'from ._engine import Engine as Motor\n\n__all__ = ["Motor"]\n' >package/__init__.pyi
printf 'import package\n\npackage.Motor()\n' >user.py

cat >expected <<'END'
lazy-loader 0.6
mypy: Success: no issues found in 1 source file
__all__: ['Engine']
package.Engine: found
package.Motor: AttributeError
END
{
  echo "lazy-loader $(env/bin/python -c 'from importlib.metadata import version; print(version("lazy-loader"))')"
  echo "mypy: $(timeout 60 env/bin/mypy user.py)"
  timeout 25 env/bin/python - <<'END'
import package

print("__all__:", package.__all__)
for name in ("Engine", "Motor"):
    try:
        getattr(package, name)
        told = "found"
    except AttributeError:
        told = "AttributeError"
    print(f"package.{name}: {told}")
END
} >seen 2>&1
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen

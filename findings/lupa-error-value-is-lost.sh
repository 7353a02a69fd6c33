#!/usr/bin/env bash
# lupa 2.8 (its LuaJIT 2.1): an error whose value is a table, raised in Lua, reaches Python as a LuaError without any words.
# One expects: LuaError carries what error() was given, as pcall does in Lua, or at least its tostring(): strings and numbers
#   arrive with the line and a traceback.
# What happens: for every other value (a table with a code, one with __tostring, a boolean) str(error) is empty, args is ('',),
#   and no attribute has the value or the place. A Python exception on its way through Lua, by contrast, arrives whole.
# Who is affected: hosts of Lua code that raises structured errors, error({code = ...}): what failed, and where, is gone, unless
#   the host wraps each call in xpcall itself.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet lupa==2.8; } >log 2>&1 || absent "pip: $(tail -n 1 log)"
env/bin/python -c 'import lupa.luajit21' 2>>log || absent "lupa has no LuaJIT 2.1 for this machine"

cat >expected <<'END'
lupa 2.8, LuaJIT 2.1
error("too far"): LuaError, its text begins with '[string "<python>"]:1: too far'
error({code = "too_far"}): LuaError, args ('',), attributes {}
error(setmetatable({}, {__tostring = function() return "too far" end})): LuaError, args ('',), attributes {}
the same table through pcall: too_far
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
import lupa
from lupa.luajit21 import LuaError, LuaRuntime

lua = LuaRuntime()
print(f"lupa {lupa.__version__}, {lua.lua_implementation.rsplit('.', 1)[0]}")
for raising in ('error("too far")', 'error({code = "too_far"})',
                'error(setmetatable({}, {__tostring = function() return "too far" end}))'):
    try:
        lua.execute(raising)
    except LuaError as error:
        text = str(error).partition("\n")[0]
        told = f"its text begins with {text!r}" if text else f"args {error.args}, attributes {vars(error)}"
        print(f"{raising}: {type(error).__name__}, {told}")
print("the same table through pcall:", lua.eval('select(2, pcall(error, {code = "too_far"}))').code)
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen

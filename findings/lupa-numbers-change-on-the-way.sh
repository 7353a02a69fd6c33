#!/usr/bin/env bash
# lupa 2.8 (its LuaJIT 2.1): an integer that Lua cannot hold is rounded without a word, and whole floats come back as int.
# One expects: what does not fit is refused, as 2**63 is (OverflowError), and a float comes back as the float it was: every
#   number of LuaJIT is a double.
# What happens: integers from 2**53 to 2**63 lose their last bits. 2.0 comes back as the int 2, and -0.0 as the int 0, which
#   has no sign; only 2.5 stays a float.
# Who is affected: whoever hands 64-bit ids, hashes or nanoseconds to Lua and looks them up by what comes back; and code that
#   tells float from int by type (JSON, msgpack, schemas): 2.0 and 2.5 leave Lua as two types.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
{ python3 -m venv env && timeout 150 env/bin/pip install --quiet lupa==2.8; } >log 2>&1 || absent "pip: $(tail -n 1 log)"
env/bin/python -c 'import lupa.luajit21' 2>>log || absent "lupa has no LuaJIT 2.1 for this machine"

cat >expected <<'END'
lupa 2.8, LuaJIT 2.1
9007199254740992 -> 9007199254740992 (int)
9007199254740993 -> 9007199254740992 (int)
9223372036854775807 -> 9.223372036854776e+18 (float)
9223372036854775808 -> OverflowError
2.5 -> 2.5 (float)
2.0 -> 2 (int)
-0.0 -> 0 (int)
END
timeout 25 env/bin/python - >seen 2>&1 <<'END'
import lupa
from lupa.luajit21 import LuaRuntime

lua = LuaRuntime()
print(f"lupa {lupa.__version__}, {lua.lua_implementation.rsplit('.', 1)[0]}")
same = lua.eval("function(value) return value end")
for value in (2**53, 2**53 + 1, 2**63 - 1, 2**63, 2.5, 2.0, -0.0):
    try:
        back = same(value)
        print(f"{value} -> {back} ({type(back).__name__})")
    except OverflowError:
        print(f"{value} -> OverflowError")
END
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen

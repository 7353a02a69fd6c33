#!/usr/bin/env bash
# LuaUnit 3.4 (Debian's lua-unit): assertItemsEquals passes although an item is missing, if its equal is there once.
# One expects: two lists with the same items in any order: as many of each, as in Python's assertCountEqual, which was named
#   assertItemsEqual. A list of three does not have the items of a list of four.
# What happens: each value must be found somewhere in the other table, and that is all. How often, and how many there are, is not
#   looked at; {1, 1, 2} equals {2, 1} and {1, 2, 2}.
# Who is affected: tests of what was sent, spawned or logged, in any order: an event that came twice, or once instead of twice,
#   passes.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
command -v luajit >/dev/null || absent "luajit is not installed (Debian: luajit)"
luajit -e 'require "luaunit"' 2>log || absent "LuaUnit is not installed (Debian: lua-unit)"

cat >expected <<'END'
LuaUnit 3.4
{"hit", "miss"} and {"miss", "hit"}: equal
{"hit", "miss"} and {"hit", "block"}: not equal
{"hit", "hit", "miss"} and {"miss", "hit"}: equal
{"hit", "hit", "miss"} and {"hit", "miss", "miss"}: equal
{"hit"} and {"hit", "hit", "hit", "hit"}: equal
END
cat >show.lua <<'END'
local lu = require "luaunit"
print("LuaUnit " .. lu.VERSION)
local function show(one, other)
  local told = pcall(lu.assertItemsEquals, one, other) and "equal" or "not equal"
  print(lu.prettystr(one) .. " and " .. lu.prettystr(other) .. ": " .. told)
end
show({ "hit", "miss" }, { "miss", "hit" })
show({ "hit", "miss" }, { "hit", "block" })
show({ "hit", "hit", "miss" }, { "miss", "hit" })
show({ "hit", "hit", "miss" }, { "hit", "miss", "miss" })
show({ "hit" }, { "hit", "hit", "hit", "hit" })
END
timeout 25 luajit show.lua >seen 2>&1
dpkg-query -W lua-unit 2>>log
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen

#!/usr/bin/env bash
# luasocket 3.1.0 (Debian's lua-socket, its own version string says 3.0.0): receive(n, prefix) reads fewer than n bytes.
# One expects: receive(4, "XY") waits for 4 bytes and puts the prefix before them: the manual calls it "an optional string to
#   be concatenated to the beginning of any received data before return".
# What happens: the prefix counts. 2 bytes are read; with a prefix of n bytes or more none is, and the call succeeds.
# Who is affected: programs that read a header, and then the body with the header as its prefix: the body's end stays in the
#   socket, and is taken for the next header.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
command -v luajit >/dev/null || absent "luajit is not installed (Debian: luajit)"
luajit -e 'require "socket"' 2>log || absent "luasocket is not installed (Debian: lua-socket)"

cat >expected <<'END'
LuaSocket 3.0.0
sent: abcdefghij
receive(4) -> abcd
receive(4, "XY") -> XYef
receive(4, "WXYZ") -> WXYZ
what is left: ghij
END
cat >show.lua <<'END'
local socket = require("socket")
print(socket._VERSION)
local listener = assert(socket.bind("127.0.0.1", 0))
local _, port = listener:getsockname()
local sender = assert(socket.connect("127.0.0.1", port))
local receiver = assert(listener:accept())
receiver:settimeout(3)
assert(sender:send("abcdefghij"))
sender:close()
print("sent: abcdefghij")
print("receive(4) -> " .. tostring(receiver:receive(4)))
print('receive(4, "XY") -> ' .. tostring(receiver:receive(4, "XY")))
print('receive(4, "WXYZ") -> ' .. tostring(receiver:receive(4, "WXYZ")))
print("what is left: " .. tostring(receiver:receive("*a")))
END
timeout 25 luajit show.lua >seen 2>&1
dpkg-query -W lua-socket luajit 2>>log
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen

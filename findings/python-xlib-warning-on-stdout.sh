#!/usr/bin/env bash
# python-xlib 0.33: connecting to a display with an empty X authority file prints a warning on standard output.
# One expects: a library that connects writes nothing to standard output; warnings go to `warnings`, a log or standard error.
# What happens: Display() succeeds and prints "Xlib.xauth: warning, no xauthority details available" with print(). An
#   authority file that is empty is what `touch ~/.Xauthority`, containers and fresh accounts have.
# Who is affected: programs whose standard output is read by a program: filters, and servers that speak JSON-RPC over it (MCP,
#   LSP). Their first line is no JSON.
set -u
jobs=()
folder=$(mktemp -d) && trap 'kill "${jobs[@]}" 2>>log; rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
command -v Xvfb >/dev/null || absent "Xvfb is not installed (Debian: xvfb)"
{ python3 -m venv env && timeout 100 env/bin/pip install --quiet python-xlib==0.33; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

Xvfb -displayfd 3 -screen 0 640x480x24 -nolisten tcp -noreset 3>number 2>>log &
jobs+=($!)
for _ in {1..100}; do [ -s number ] || sleep 0.1; done
[ -s number ] || absent "Xvfb did not start"
cat >expected <<'END'
python-xlib 0.33
exit status 0, on standard output: Xlib.xauth: warning, no xauthority details available
on standard error: nothing
END
touch authority
DISPLAY=:$(cat number) XAUTHORITY=authority timeout 25 env/bin/python -c 'import Xlib.display; Xlib.display.Display()' >out 2>err
status=$?
{
  env/bin/python -c 'import Xlib; print("python-xlib", Xlib.__version_string__)'
  [ -s out ] || echo nothing >out
  [ -s err ] || echo nothing >err
  echo "exit status $status, on standard output: $(cat out)"
  echo "on standard error: $(cat err)"
} >seen
dpkg-query -W xvfb 2>>log
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen

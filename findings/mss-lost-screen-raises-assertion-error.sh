#!/usr/bin/env bash
# mss 10.2.0 on Linux: when the X server is gone, grab() raises a bare AssertionError; under `python -O`, a ValueError.
# One expects: ScreenShotError, the base of the library's exceptions, as close() does then, and MSS() without a server.
# What happens: the functions that wrap XCB check the reply with `assert` before they look at the connection: an empty reply fails
#   that check, without a message. Where assertions are off, the empty reply is read: "NULL pointer access".
# Who is affected: programs that capture for a long time and catch ScreenShotError, to wait for a screen that comes back: they end.
set -u
jobs=()
folder=$(mktemp -d) && trap 'kill "${jobs[@]}" 2>>log; rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
command -v Xvfb >/dev/null || absent "Xvfb is not installed (Debian: xvfb)"
{ python3 -m venv env && timeout 100 env/bin/pip install --quiet mss==10.2.0; } >log 2>&1 || absent "pip: $(tail -n 1 log)"

cat >capture.py <<'END'
import os
import sys

import mss
from mss.exception import ScreenShotError


def attempt(what, call):
    try:
        print(f"{what}: {call().size}")
    except Exception as failure:
        expected = "a ScreenShotError" if isinstance(failure, ScreenShotError) else "no ScreenShotError"
        print(f"{what}: raised {type(failure).__name__} ({expected}): {str(failure)[:40]!r}")


def main(server):
    screen = mss.MSS()
    attempt("a screen", lambda: screen.grab(screen.monitors[0]))
    os.kill(server, 15)
    while os.path.exists(f"/proc/{server}/fd/0"):  # a program that has ended has no open files
        pass
    attempt("its server ended", lambda: screen.grab(screen.monitors[0]))
    attempt("the same, closed", screen.close)
    attempt("no server", mss.MSS)


print("mss", mss.__version__, "with" if __debug__ else "without", "assertions")
main(int(sys.argv[1]))
END
cat >expected <<'END'
mss 10.2.0 with assertions
a screen: Size(width=640, height=480)
its server ended: raised AssertionError (no ScreenShotError): ''
the same, closed: raised XError (a ScreenShotError): 'Connection to X server closed: connectio'
no server: raised XError (a ScreenShotError): 'Cannot connect to display: connection lo'
mss 10.2.0 without assertions
a screen: Size(width=640, height=480)
its server ended: raised ValueError (no ScreenShotError): 'NULL pointer access'
the same, closed: raised XError (a ScreenShotError): 'Connection to X server closed: connectio'
no server: raised XError (a ScreenShotError): 'Cannot connect to display: connection lo'
END
for option in -B -O; do
  : >number
  Xvfb -displayfd 3 -screen 0 640x480x24 -nolisten tcp -noreset 3>number 2>>log </dev/null &
  jobs+=($!)
  for _ in {1..100}; do [ -s number ] || sleep 0.1; done
  [ -s number ] || absent "Xvfb did not start"
  DISPLAY=:$(cat number) timeout 25 env/bin/python "$option" capture.py $! >>seen 2>>log
done
dpkg-query -W xvfb 2>>log
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen

#!/usr/bin/env bash
# python-xlib 0.33: on any X server with RANDR an answer BadValue or BadRequest raises AttributeError instead.
# One expects: a request whose value is out of range gives Xlib.error.BadValue, to the error handler or to CatchError.
# What happens: Display() loads the RANDR extension, which registers its own errors as the numbers 0 to 2 and not after the
#   server's base for it, in the place of the core's BadRequest (1) and BadValue (2). Its classes lack the fields of an
#   X error, so that reading one fails: the AttributeError comes out of whatever call reads the connection next.
# Who is affected: programs that catch BadValue (a window of no width, a key code out of range): they end by an error that names
#   a mode of a monitor.
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
a window that is not there: the handler got BadWindow
a window of no width: raised AttributeError: 'BadRRModeError' object has no attribute 'sequence_number'
the same with the core's classes put back: the handler got BadValue
END
DISPLAY=:$(cat number) timeout 25 env/bin/python - >seen 2>>log <<'END'
import Xlib
from Xlib import X, display, error


def show(what, request, mend=False):
    screen, got = display.Display(), []
    screen.set_error_handler(lambda failure, request: got.append(type(failure).__name__))
    if mend:
        screen.display.error_classes.update(error.xerror_class)
    try:
        request(screen)
        screen.sync()
        told = f"the handler got {' '.join(got) or 'nothing'}"
    except Exception as failure:
        told = f"raised {type(failure).__name__}: {failure}"
    print(f"{what}: {told}")


def no_width(screen):
    screen.screen().root.create_window(0, 0, 0, 10, 0, X.CopyFromParent)


print("python-xlib", Xlib.__version_string__)
show("a window that is not there", lambda screen: screen.create_resource_object("window", 1).map())
show("a window of no width", no_width)
show("the same with the core's classes put back", no_width, mend=True)
END
dpkg-query -W xvfb 2>>log
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
